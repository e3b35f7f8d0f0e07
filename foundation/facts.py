"""Facts: what happened, told once, in the transaction in which it happened.

A room declares a fact with `@fact("deal.moved", ...)` on a subclass of Fact and a verb tells it with
`tell(DealMoved(...), by=person, at=moment)`. Who reacts is written in crm/wiring.py and nowhere else.
"""

import dataclasses
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
    """Base of every fact. Its subclasses become frozen keyword-only dataclasses of plain values."""

    def __init_subclass__(cls) -> None:
        # Generated methods are compiled at every start: without those nobody calls, the house starts a tenth sooner.
        dataclasses.dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)

    fact_name: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]

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
    payload = {}
    for field in dataclasses.fields(told):  # type: ignore[arg-type]
        value = getattr(told, field.name)
        if isinstance(value, Decimal):
            value = str(value)
        elif isinstance(value, date | datetime):
            value = value.isoformat()
        payload[field.name] = value
    return payload


def from_payload(name: str, payload: dict[str, Any]) -> Fact | None:
    """The fact as it was told; None for one this version no longer knows."""
    cls = _facts.get(name)
    if cls is None:
        return None
    known = {field.name for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    try:
        return cls(**{key: value for key, value in payload.items() if key in known})
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
        raise Refused(
            _("Stopped: this change was caused by a chain of more than %(limit)d automatic changes.")
            % {"limit": MAX_DEPTH}
        )
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
