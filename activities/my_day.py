"""My day: what a person should look at, section after section. Rooms offer sections; this page knows none of them.

A section reads at most `MOST + 1` items, so that the page knows whether there are more without counting; only those
that have more are counted, all together in one statement.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Value

from foundation.keyset import CappedCount

MOST = 20
CAP = 1_000


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done about an item. `key` is what the keyboard asks for: done (e), snooze (s), assign (a) or any
    other. `way` is how: a form in the `dialog`, a `link`, or the menu for putting off (`snooze`)."""

    key: str
    title: Any
    url: str
    icon: str
    way: str = "dialog"


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `key` is unique on the page and stays the same from one look to the next; `reason` says in words why
    it is here; `due` is when, as its reader's clock shows it."""

    key: str
    title: str
    url: str
    reason: str = ""
    due: str = ""
    is_late: bool = False
    icon: str = "checkbox"
    kind: Any = ""
    about: str = ""
    about_url: str = ""
    actions: tuple[Action, ...] = ()

    @property
    def action_cells(self) -> list[tuple[str, Any, str, str, str]]:
        """The actions as the row unpacks them."""
        return [(each.key, each.title, each.url, each.icon, each.way) for each in self.actions]

    def action(self, key: str) -> Action | None:
        return next((action for action in self.actions if action.key == key), None)


@dataclass(frozen=True)
class Section:
    """`items(person, at)` gives at most MOST + 1 of them in order. `rows(person, at)`, a queryset of the same records,
    is counted where there are more; `all_url` opens them in their list."""

    key: str
    title: Any
    order: int
    items: Callable[[Any, datetime], list[Item]]
    gate: str = "activities.view"
    rows: Callable[[Any, datetime], Any] | None = None
    all_url: Callable[[Any], str] | None = None
    icon: str = "list-check"


@dataclass
class Filled:
    """A section with its items, as shown."""

    section: Section
    items: list[Item]
    has_more: bool = False
    count: CappedCount | None = None
    all_url: str = ""


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    _sections[section.key] = section


def forget_section(key: str) -> None:
    _sections.pop(key, None)


def sections_for(person: Any) -> list[Section]:
    allowed = [section for section in _sections.values() if person.may(section.gate)]
    return sorted(allowed, key=lambda section: (section.order, section.key))


def filled(person: Any, at: datetime) -> list[Filled]:
    """The sections that have something to say, in order; a statement or two for each and one for all counts."""
    shown = []
    for section in sections_for(person):
        if items := section.items(person, at):
            url = section.all_url(person) if section.all_url else ""
            shown.append(Filled(section, items[:MOST], len(items) > MOST, all_url=url))
    _count([each for each in shown if each.has_more and each.section.rows], person, at)
    return shown


def items_of(shown: Iterable[Filled]) -> list[Item]:
    """One after another, each once: something that two sections name stands where it is named first."""
    seen: dict[str, Item] = {}
    for each in shown:
        for item in each.items:
            seen.setdefault(item.key, item)
    return list(seen.values())


def _count(shown: list[Filled], person: Any, at: datetime) -> None:
    if not shown:
        return
    named = [
        each.section.rows(person, at)  # type: ignore[misc]
        .order_by()
        .values_list(Value(each.section.key, output_field=CharField()))[: CAP + 1]
        for each in shown
    ]
    union = named[0].union(*named[1:], all=True) if len(named) > 1 else named[0]
    counts = Counter(key for (key,) in union)
    for each in shown:
        found = counts[each.section.key]
        each.count = CappedCount(min(found, CAP), found <= CAP)
