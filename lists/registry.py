"""Lists that rooms offer, declared at start: columns, orders, filters. Everything here is about any of them alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import Http404
from django.urls import reverse

if TYPE_CHECKING:
    from lists.cells import Cells, Editor
    from lists.where.fields import Field


class Cell(NamedTuple):
    """What stands in a cell, as text; `look` is the class of a word in it, `url` what it leads to, `tags` several words
    with their looks."""

    css: str
    text: str
    url: str = ""
    look: str = ""
    icon: str = ""
    tags: Sequence[tuple[str, str]] = ()


class Row(NamedTuple):
    """A row ready to be shown: what names the record first, then the chosen columns. Templates unpack it, because
    a name costs a third of what `row.name` does. `fixed` names the columns that stay as they are in it."""

    pk: int
    anchor: str
    title: str
    url: str
    about: str
    cells: list[Cell]
    fixed: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """`needs` are the fields its cell is made from, `computed` those of them that are expressions.

    `cell(row, page)` takes a row of values() and what is the same for all rows. `order` is the field it sorts by,
    going up; `money` names the field whose sum, in the company's currency, stands in the totals row. `editor` is how
    its cells are changed where they stand, None where they are not.
    """

    name: str
    label: Any
    needs: tuple[str, ...]
    cell: Callable[[Mapping[str, Any], Any], Cell]
    css: str = ""
    order: str = ""
    money: str = ""
    computed: Mapping[str, Any] = field(default_factory=dict)
    editor: "Editor | None" = None


@dataclass(frozen=True, kw_only=True)
class RecordList:
    """A list with columns to choose. The column called `first` names the record, is always there and comes first.

    `led_by` are the sorts an index serves (`-amount`): any other is for lists of at most `SMALL` rows.
    `groupings` are what it can be grouped by: {name: label}. `rows(query, person)` are the records of a query string
    of filters that this person sees.
    """

    key: str
    title: Any
    url_name: str
    gate: str
    first: str
    usual: tuple[str, ...]
    sort: str
    led_by: frozenset[str]
    columns: Callable[[], Mapping[str, Column]]
    rows: Callable[[Any, Any], Any]
    fields: "Callable[[], Mapping[str, Field]]"
    groupings: Mapping[str, Any] = field(default_factory=dict)
    cells: "Cells | None" = None

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    def chosen(self, names: Iterable[str] | None) -> list[Column]:
        """The columns of these names, after the one that is always there; those that are gone are left out."""
        offered = self.columns()
        wanted = [name for name in (self.usual if names is None else names) if name in offered]
        return [offered[name] for name in dict.fromkeys((self.first, *wanted))]


@dataclass(frozen=True, kw_only=True)
class Door:
    """What a room above offers beside every list: a page for a list's key and what its address asks for."""

    url_name: str
    label: Any
    icon: str
    gate: str


SMALL = 1_000
_doors: list[Door] = []
_lists: dict[str, RecordList] = {}


def offer_door(door: Door) -> None:
    _doors.append(door)


def doors_for(person: Any) -> list[Door]:
    return [door for door in _doors if person.may(door.gate)]


def register(record_list: RecordList) -> None:
    _lists[record_list.key] = record_list


def registered(key: str) -> RecordList:
    return _lists[key]


def found_list(key: str) -> RecordList:
    """404 for a list there is not."""
    if key not in _lists:
        raise Http404
    return _lists[key]


_columns: dict[str, dict[str, Column]] = {}


def offer_column(key: str, column: Column) -> None:
    """A room above the list's own says what it knows of the records of a list that asks for such columns."""
    _columns.setdefault(key, {})[column.name] = column


def offered_columns(key: str) -> dict[str, Column]:
    return _columns.get(key, {})
