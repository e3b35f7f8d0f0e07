"""What a list can be asked about with conditions: fields of its records, and of records one step away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

TEXT, NUMBER, MONEY, DAY, MOMENT, CHOICE, RELATED = (
    "text", "number", "money", "day", "moment", "choice", "related"
)  # fmt: skip
ME, TEAM = "me", "team"
OF_VALUES = ("empty", "filled")
OPS: dict[str, tuple[str, ...]] = {
    TEXT: ("has", "lacks", "is", "not", "begins", *OF_VALUES),
    NUMBER: ("from", "to", "between", "is", "not", *OF_VALUES),
    MONEY: ("from", "to", "between", "is", "not", *OF_VALUES),
    DAY: ("on", "before", "after", "between", "last", "next", "older", "this", *OF_VALUES),
    MOMENT: ("on", "before", "after", "between", "last", "next", "older", "this", *OF_VALUES),
    CHOICE: ("in", "out", *OF_VALUES),
    RELATED: ("has", "none", "least"),
}
UNITS = {
    "week": _("this week"),
    "month": _("this month"),
    "quarter": _("this quarter"),
    "year": _("this year"),
}


@dataclass(frozen=True, kw_only=True)
class Hop:
    """A record one step away: `path` leads to it, `records(person)` are those the person may see."""

    path: str
    records: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """`path` is a field of the record, or of what `hop` leads to, or an expression; `is_whole` where its column holds
    whole numbers. `searched` is the record's search text where it holds this text: its index finds the few rows in
    which the letters are then looked for.

    Of choices, `options` are fixed words, `records(person)` what is chosen by key, `test` how it is asked whether
    any of the keys is there, and `absent` whether none at all is. Of related records, `related(person, word)` are
    those of one of the `options`, and `link` their field that names this record.
    """

    name: str
    label: Any
    kind: str
    path: Any = ""
    hop: Hop | None = None
    about: Any = ""
    options: Sequence[tuple[str, Any]] = ()
    records: Callable[[Any], Any] | None = None
    searched: str = ""
    is_person: bool = False
    is_whole: bool = False
    test: Callable[[tuple[Any, ...]], Q] | None = None
    absent: Callable[[], Q] | None = None
    related: Callable[[Any, str], Any] | None = None
    link: str = ""

    @property
    def words(self) -> str:
        """“Client: Industry”."""
        return f"{self.about}: {self.label}" if self.about else str(self.label)

    @property
    def ops(self) -> tuple[str, ...]:
        return OPS[self.kind]


_offered: dict[str, list[Callable[[], Mapping[str, Field]]]] = {}


def offer(key: str, fields: Callable[[], Mapping[str, Field]]) -> None:
    """A room above lets a list be asked about its records too: clients about their deals."""
    _offered.setdefault(key, []).append(fields)


def fields_of(record_list: Any) -> dict[str, Field]:
    found = dict(record_list.fields())
    for fields in _offered.get(record_list.key, []):
        found |= fields()
    return found
