"""Who stands in for whom: rooms that know of absences say so here."""

from collections.abc import Callable, Collection
from datetime import datetime

Source = Callable[[Collection[int], datetime], dict[int, int]]
_sources: list[Source] = []


def offer(source: Source) -> None:
    """`source(keys of people, moment)` gives the substitute of those who are away and have one."""
    _sources.append(source)


def substitutes(people: Collection[int], at: datetime) -> dict[int, int]:
    """By the key of who is away, the key of who stands in; those who are here, or have nobody, are left out."""
    found: dict[int, int] = {}
    for source in _sources:
        found |= source(people, at)
    return found
