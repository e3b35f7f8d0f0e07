"""What global search looks through: each room registers how a person finds its records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hit:
    title: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True)
class Finder:
    """One kind of record in global search; `find(person, query, limit)` returns hits the person may see."""

    key: str
    label: Any
    gate: str
    find: Callable[[Any, str, int], list[Hit]]
    order: int = 100


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    _finders[finder.key] = finder


def finders_for(person: Any) -> list[Finder]:
    allowed = [finder for finder in _finders.values() if person.may(finder.gate)]
    return sorted(allowed, key=lambda finder: (finder.order, finder.key))
