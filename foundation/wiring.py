"""Who reacts to what. The list itself is crm/wiring.py; this only reads it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.utils.module_loading import import_string

from foundation.facts import Fact, handler_name

Handler = Callable[[Any], None]
WIRING_MODULE = "crm.wiring"


@dataclass(frozen=True)
class Reaction:
    """Reactions to one fact: `now` in the same transaction (database only), `later` by a worker, done once."""

    fact: type[Fact]
    now: tuple[Handler, ...]
    later: tuple[Handler, ...]


def on(fact: type[Fact], *, now: Sequence[Handler] = (), later: Sequence[Handler] = ()) -> Reaction:
    return Reaction(fact, tuple(now), tuple(later))


@cache
def _wiring() -> dict[type[Fact], Reaction]:
    wired: dict[type[Fact], Reaction] = {}
    for reaction in import_module(WIRING_MODULE).REACTIONS:
        before = wired.get(reaction.fact, Reaction(reaction.fact, (), ()))
        now, later = before.now + reaction.now, before.later + reaction.later
        wired[reaction.fact] = Reaction(reaction.fact, now, later)
    return wired


def reactions_to(fact: type[Fact]) -> tuple[tuple[Handler, ...], tuple[Handler, ...]]:
    """(now, later) for a fact; both empty when nobody listens."""
    reaction = _wiring().get(fact)
    return (reaction.now, reaction.later) if reaction else ((), ())


def handler_called(name: str) -> Handler:
    """The handler a delivery names; only handlers that are wired today are run."""
    wired = (handler for reaction in _wiring().values() for handler in reaction.later)
    for handler in (*wired, *import_module(WIRING_MODULE).LISTENERS):
        if handler_name(handler) == name:
            return handler
    raise LookupError(f"{name} is no longer wired to anything.")


def explained(fact: type[Fact]) -> list[str]:
    """Lines for `manage.py explain`."""
    now, later = reactions_to(fact)
    lines = [f"{fact.fact_name}: {fact.label}"]
    for title, handlers in (("now, same transaction", now), ("later, by a worker", later)):
        for handler in handlers:
            about = (import_string(handler_name(handler)).__doc__ or "").strip().split("\n")[0]
            lines.append(f"  {title}: {handler_name(handler)}" + (f" — {about}" if about else ""))
    return lines if len(lines) > 1 else [*lines, "  nobody reacts"]
