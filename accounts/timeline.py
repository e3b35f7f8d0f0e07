"""Timelines as clients and deals show them: narrowed to a kind of facts, with the records behind the events.

Upper rooms say which of their facts go together (`offer_kind`), so that a reader can choose among them, and show the
record behind an event as it is now, and what is kept on top (`offer_details`): one statement for a page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from foundation import timeline
from foundation.facts import catalogue
from foundation.timeline import Entry

Details = Callable[[str, int, Sequence[Entry], bool], tuple[dict[int, Any], list[Any]]]


@dataclass(frozen=True)
class TimelineKind:
    """Facts a reader looks for together: those whose names begin with one of the prefixes."""

    key: str
    label: Any
    prefixes: tuple[str, ...]
    order: int = 100


@dataclass(frozen=True)
class ShownPage:
    """`only` is the key of the kind it is narrowed to; `on_top` what rooms keep above the first page."""

    entries: list[Entry]
    older: str | None
    only: str = ""
    on_top: list[Any] = field(default_factory=list)


_kinds: dict[str, TimelineKind] = {}
_details: list[Details] = []


def offer_kind(kind: TimelineKind) -> None:
    _kinds[kind.key] = kind


def offer_details(details: Details) -> None:
    """`details(kind, key, entries, is_first)` gives what to show with some of the entries, each with a `template`, by
    the event's key, and what stands on top of the first page; in at most one statement."""
    if details not in _details:
        _details.append(details)


def kinds() -> list[TimelineKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))


def page(kind: str, key: int, *, before: str | None = None, only: str = "") -> ShownPage:
    """A page of a record's timeline; a kind nobody offers narrows nothing."""
    chosen = _kinds.get(only)
    names = [name for name in catalogue() if name.startswith(chosen.prefixes)] if chosen else []
    found = timeline.page(kind, key, before=before, names=names)
    entries, on_top = found.entries, []
    for details in _details:
        shown, above = details(kind, key, entries, not before)
        entries = [replace(each, detail=shown[each.pk]) if each.pk in shown else each for each in entries]
        on_top += above
    return ShownPage(entries, found.older, chosen.key if chosen else "", on_top)
