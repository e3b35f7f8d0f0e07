"""What global search looks through: rooms register how a person finds their records, and what can be done with one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

PEOPLE, TAGS = "@", "#"
ZERO = "0"  # stands for a record's key in the address of an action


@dataclass(frozen=True)
class Hit:
    """`posts` is what choosing it sends to `url` instead of opening it, as a query string; without a script `instead`
    opens."""

    title: str
    detail: str
    url: str
    icon: str
    key: int | None = None
    posts: str = ""
    instead: str = ""
    is_dialog: bool = False


@dataclass(frozen=True)
class Finder:
    """One kind of record in global search.

    `find(person, query, limit)` returns hits the person may see, `named(person, keys)` those of known keys, in any
    order, for what was opened lately. `signs`: typed before the query they ask this finder; an empty one is asked
    without a sign. `page` is the name of a record's own address; `subject` is what an action's address calls it.
    """

    key: str
    label: Any
    gate: str
    find: Callable[[Any, str, int], list[Hit]]
    order: int = 100
    signs: tuple[str, ...] = ("",)
    page: str = ""
    subject: str = ""
    named: Callable[[Any, Sequence[int]], list[Hit]] | None = None


@dataclass(frozen=True)
class RowAction:
    """What can be done with a record from its row in search: `?account=12`, or in the path where `in_path`."""

    title: Any
    icon: str
    gate: str
    url_name: str
    subjects: tuple[str, ...]
    in_path: bool = False
    order: int = 100

    def url(self, subject: str) -> str:
        """With a zero where the key goes; nothing where there is no such page."""
        try:
            return (
                reverse(self.url_name, args=[0])
                if self.in_path
                else f"{reverse(self.url_name)}?{subject}={ZERO}"
            )
        except NoReverseMatch:
            return ""


_finders: dict[str, Finder] = {}
_actions: list[RowAction] = []


def register(finder: Finder) -> None:
    _finders[finder.key] = finder


def register_action(action: RowAction) -> None:
    if action not in _actions:
        _actions.append(action)


def finders_for(person: Any, sign: str = "") -> list[Finder]:
    allowed = [each for each in _finders.values() if sign in each.signs and person.may(each.gate)]
    return sorted(allowed, key=lambda finder: (finder.order, finder.key))


def finder_of(kind: str) -> Finder | None:
    return _finders.get(kind)


def finder_of_page(url_name: str) -> Finder | None:
    return next((each for each in _finders.values() if each.page and each.page == url_name), None)


def actions_for(person: Any) -> list[tuple[str, RowAction]]:
    """(subject, action) of everything the person may do with a row, in order."""
    allowed = sorted((each for each in _actions if person.may(each.gate)), key=lambda each: each.order)
    return [(subject, each) for each in allowed for subject in each.subjects]
