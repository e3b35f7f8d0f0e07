"""Kinds of records of which many can be changed together: rooms register theirs, the pages are the same for all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

if TYPE_CHECKING:
    from changes.bulk.editing import Edit, Judge


@dataclass(frozen=True, kw_only=True)
class BulkWords:
    """What the pages say of so many records of a kind; each with `n` to fill in, but for the first three."""

    list: Any
    tick: Any
    kept_in_trash: Any
    change: Any
    picked: Any
    changed: Any
    field_of: Any
    given: Any
    delete: Any
    put: Any
    trashed: Any
    into_trash: Any


@dataclass(frozen=True, kw_only=True)
class BulkKind:
    """`record` is what `changes.restoring` calls it, `title` the field that names one, `order` the one batches go by.

    `records(person)` are those a person sees, `filtered(query, person)` those of its list as an address filters it:
    Refused where that cannot be read, because it would mean all. `spelled(query)` puts into a query what the list
    takes for granted. `fields()` are (name, label) of what can be changed, `columns` the columns of those that have
    one, `inputs(field, person)` the form's. `judge(edit, person)` decides about records, `write(verdicts, by=, at=)`
    writes what it decided. `given` is the notification of
    whoever got many at once. `trash_right` is who may delete many; empty where nobody.
    """

    record: str
    title: str
    order: str
    list_url: str
    given: str
    words: BulkWords
    records: Callable[[Any], Any]
    filtered: Callable[[Any, Any], Any]
    fields: Callable[[], Sequence[tuple[str, str]]]
    columns: Mapping[str, str]
    inputs: Callable[[str, Any], Mapping[str, Any]]
    judge: "Callable[[Edit, Any], Judge]"
    write: Callable[..., None]
    spelled: Callable[[Any], None] | None = None
    trash_right: str = ""

    def elsewhere(self, do: str, url_name: str) -> None:
        """Something else is done with a selection on a page of its own, of this room or one above."""
        _elsewhere[self.record, do] = url_name

    def page_of(self, do: str) -> str:
        """The name of the address where it is done; "" where that is the page of the bulk edit."""
        return _elsewhere.get((self.record, do), "")


_kinds: dict[str, BulkKind] = {}
_elsewhere: dict[tuple[str, str], str] = {}


def register(kind: BulkKind) -> None:
    _kinds[kind.record] = kind


def kind_of(record: str) -> BulkKind:
    """404 for a kind there is not."""
    if record not in _kinds:
        raise Http404
    return _kinds[record]
