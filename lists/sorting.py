"""The order of a list as the address says it: `sort=-amount,client` is by amount, the highest first, then by client.

One leading sort that an index serves is free on any list. Any other sorts what was found, so it is only for lists
short enough to be sorted whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lists.registry import SMALL, Column, RecordList

MOST_TERMS = 4
AGAIN = ("sort", "cursor", "after")


@dataclass(frozen=True)
class Sorting:
    """Terms such as `-amount`. `refused` is the label of what such a long list cannot be sorted by."""

    terms: tuple[str, ...]
    refused: Any = ""

    @property
    def said(self) -> str:
        return ",".join(self.terms)


@dataclass(frozen=True)
class Heading:
    """A column's heading: `url` sorts by it alone, `more_url` after what the list is sorted by already (Shift).

    `sorted` is what aria-sort says; `place` which of several sorts it is.
    """

    name: str
    title: Any
    css: str = ""
    url: str = ""
    more_url: str = ""
    sorted: str = ""
    place: str = ""


def terms_of(said: str, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """What a person may have asked for: unknown and repeated columns are left out."""
    found: dict[str, str] = {}
    for term in said.split(",")[: MOST_TERMS * 2]:
        name = term.strip().removeprefix("-")
        if name in columns and columns[name].order:
            found.setdefault(name, term.strip())
    return tuple(found.values())[:MOST_TERMS]


def sorting(
    record_list: RecordList, said: str, rows: int | None, *, led_by: frozenset[str] | None = None
) -> Sorting:
    """What the list is sorted by. `rows` is how many there are, None where there are more than anybody counts.

    `led_by` are the sorts an index serves for what is asked now, where those are fewer than the list's.
    """
    columns = record_list.columns()
    terms = terms_of(said, columns)
    usual = terms_of(record_list.sort, columns)
    if not terms:
        return Sorting(usual)
    if terms[0] in (record_list.led_by if led_by is None else led_by) or is_short(rows):
        return Sorting(terms)
    return Sorting(usual, refused=columns[terms[0].removeprefix("-")].label)


def is_short(rows: int | None) -> bool:
    return rows is not None and rows <= SMALL


def order_of(terms: tuple[str, ...], columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Fields as keyset_page takes them, ending in the key; which goes the way of the first, as indexes do."""
    fields = [_field(term, columns) for term in terms]
    for place, field in enumerate(fields):
        if field.removeprefix("-") == "pk":
            return tuple(fields[: place + 1])
    return (*fields, "-pk" if terms[0].startswith("-") else "pk")


def headings(
    record_list: RecordList, shown: list[Column], now: Sorting, query: Any, rows: int | None
) -> list[Heading]:
    """One for each column; those a list of so many rows may be sorted by are links."""
    ways = {term.removeprefix("-"): term for term in now.terms}
    return [_heading(column, record_list, now, ways, query, is_short(rows)) for column in shown]


def _heading(
    column: Column, record_list: RecordList, now: Sorting, ways: dict[str, str], query: Any, is_small: bool
) -> Heading:
    if not column.order:
        return Heading(column.name, column.label, column.css)
    name, said = column.name, ways.get(column.name)
    wanted = [_turned(said)] if said and len(ways) == 1 else _first_ways(column)
    allowed = [term for term in wanted if is_small or term in record_list.led_by]
    if said and not allowed and said in record_list.led_by:
        allowed = [said]
    more = [_turned(each) if each == said else each for each in now.terms]
    more += [] if said else _first_ways(column)[:1]
    leads = bool(more) and (is_small or more[0] in record_list.led_by) and len(more) <= MOST_TERMS
    return Heading(
        name,
        column.label,
        column.css,
        url=_address(query, allowed[0]) if allowed else _address(query, ",".join(more)) if leads else "",
        more_url=_address(query, ",".join(more)) if leads else "",
        sorted="none" if not said else "descending" if said.startswith("-") else "ascending",
        place=str(list(ways).index(name) + 1) if said and len(ways) > 1 else "",
    )


def _first_ways(column: Column) -> list[str]:
    """Numbers are asked for from the highest, words from the first letter."""
    up, down = column.name, f"-{column.name}"
    return [down, up] if column.money or column.css == "end" else [up, down]


def _turned(term: str) -> str:
    return term[1:] if term.startswith("-") else f"-{term}"


def _field(term: str, columns: Mapping[str, Column]) -> str:
    down = "-" if term.startswith("-") else ""
    return down + columns[term.removeprefix("-")].order


def _address(query: Any, sort: str) -> str:
    said = query.copy()
    for name in AGAIN:
        said.pop(name, None)
    said["sort"] = sort
    return f"?{said.urlencode(safe=',')}"
