"""Facts: what happened, told once, in the transaction in which it happened.

A room declares a fact with `@fact("deal.moved", ...)` on a subclass of Fact and a verb tells it with
`tell(DealMoved(...), by=person, at=moment)`. Who reacts is written in crm/wiring.py and nowhere else.
"""

import inspect
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from django.db import connection, transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused

MAX_DEPTH = 8


class Actor(Protocol):
    """Whoever acts: a person or the robot."""

    pk: Any

    def get_full_name(self) -> str: ...


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Fact:
    """Base of every fact: plain values given by name. A dataclass would compile its methods at every start."""

    fact_name: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._names = tuple(dict.fromkeys((*cls._names, *inspect.get_annotations(cls))))

    def __init__(self, **values: Any) -> None:
        given = {name for name in self._names if name in values or not hasattr(type(self), name)}
        if wrong := given ^ values.keys():
            raise TypeError(f"{type(self).__name__} takes no {sorted(wrong)}, or lacks it.")
        vars(self).update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"What was told stays told: {name}.")

    def subjects(self) -> list[tuple[str, int | None]]:
        """The records whose timelines show this fact, as (kind, key); keys of None are left out."""
        raise NotImplementedError

    def sentence(self) -> str:
        """One translated line for the timeline."""
        return str(self.label)


F = TypeVar("F", bound=type[Fact])
_facts: dict[str, type[Fact]] = {}


def fact(name: str, *, label: Any, icon: str) -> Callable[[F], F]:
    """Declare a fact under its name, `noun.past_verb`."""

    def declare(cls: F) -> F:
        cls.fact_name, cls.label, cls.icon = name, label, icon
        if name in _facts and _facts[name].__qualname__ != cls.__qualname__:
            raise ValueError(f"Two facts are named {name}.")
        _facts[name] = cls
        return cls

    return declare


def catalogue() -> dict[str, type[Fact]]:
    """Every declared fact by name."""
    return dict(sorted(_facts.items()))


def to_payload(told: Fact) -> dict[str, Any]:
    """The fact's fields as JSON values; decimals and dates as text."""
    return {name: _plain(getattr(told, name)) for name in told._names}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def from_payload(name: str, payload: dict[str, Any]) -> Fact | None:
    """The fact as it was told; None for one this version no longer knows."""
    if (cls := _facts.get(name)) is None:
        return None
    try:
        return cls(**{key: value for key, value in payload.items() if key in cls._names})
    except TypeError:
        return None


def tell(told: Fact, *, by: Actor, at: datetime, cause: Any = None) -> Any:
    """Write the event, its subjects and its deliveries, and run the reactions wanted now.

    `cause` is the Event that led to this one. Raises RuntimeError outside a transaction and
    Refused when a chain of causes is deeper than 8.
    """
    from foundation.models import Delivery, Event, EventSubject
    from foundation.wiring import reactions_to

    if not connection.in_atomic_block:
        raise RuntimeError(f"{told.fact_name} was told outside a transaction.")
    depth = cause.depth + 1 if cause is not None else 0
    if depth > MAX_DEPTH:
        said = _("Stopped: this change was caused by a chain of more than %(limit)d automatic changes.")
        raise Refused(said % {"limit": MAX_DEPTH})
    event = Event.objects.create(
        name=told.fact_name,
        at=at,
        actor_id=by.pk,
        actor_name=by.get_full_name(),
        cause_id=cause.pk if cause is not None else None,
        depth=depth,
        payload=to_payload(told),
    )
    EventSubject.objects.bulk_create(
        EventSubject(kind=kind, subject_id=key, event_id=event.pk, at=at)
        for kind, key in dict.fromkeys(told.subjects())
        if key is not None
    )
    now, later = reactions_to(type(told))
    if later:
        Delivery.objects.bulk_create(
            Delivery(event_id=event.pk, event_at=at, handler=handler_name(handler)) for handler in later
        )
        wake_on_commit()
    for handler in now:
        handler(event)
    return event


def handler_name(handler: Callable[..., Any]) -> str:
    """How a delivery names its handler: module and function."""
    return f"{handler.__module__}.{handler.__qualname__}"


def wake_on_commit() -> None:
    """Ask a worker to drain once this transaction commits; asked many times, it is sent once."""
    from foundation.drain import wake

    if not any(each[1] is wake for each in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
