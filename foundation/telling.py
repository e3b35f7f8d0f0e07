"""Telling many facts at once: imports, bulk edits. The same rows as `tell`, in a handful of statements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone

from foundation.copying import copy_rows, new_keys
from foundation.facts import Actor, Fact, handler_name, to_payload, wake_on_commit
from foundation.models import Delivery, Event, EventSubject
from foundation.wiring import reactions_to

BATCH = 2_000


def takes_many(many: Callable[[Sequence[Event]], None]) -> Callable[[Any], Any]:
    """Gives a handler the way to react to many events in a few statements instead of one by one.

    Telling many, such a handler is called at once, in the same transaction, even where it is wired `later`.
    """

    def offer(handler: Any) -> Any:
        handler.many = many
        return handler

    return offer


def tell_many(told: Iterable[tuple[Fact, datetime]], *, by: Actor) -> None:
    """Write events, subjects and deliveries of many facts, each at its own moment, and run the reactions.

    Raises RuntimeError outside a transaction. Starts no chain: none of these has a cause.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Many facts were told outside a transaction.")
    facts = iter(told)
    while batch := list(islice(facts, BATCH)):
        _tell_batch(batch, by)


def _tell_batch(batch: Sequence[tuple[Fact, datetime]], by: Actor) -> None:
    name, now = by.get_full_name(), timezone.now()
    events = [
        Event(pk=key, name=fact.fact_name, at=at, actor_id=by.pk, actor_name=name, payload=to_payload(fact))
        for key, (fact, at) in zip(new_keys(Event, len(batch)), batch, strict=True)
    ]
    copy_rows(
        Event,
        ("id", "name", "at", "recorded_at", "actor_id", "actor_name", "depth", "payload"),
        ((each.pk, each.name, each.at, now, by.pk, name, 0, each.payload) for each in events),
    )
    copy_rows(
        EventSubject,
        ("kind", "subject_id", "at", "event_id"),
        (
            (kind, key, event.at, event.pk)
            for (fact, _at), event in zip(batch, events, strict=True)
            for kind, key in dict.fromkeys(fact.subjects())
            if key is not None
        ),
    )
    of_kind: dict[type[Fact], list[Event]] = defaultdict(list)
    for (fact, _at), event in zip(batch, events, strict=True):
        of_kind[type(fact)].append(event)
    for kind_of_fact, same in of_kind.items():
        _react(same, *reactions_to(kind_of_fact))


def _react(events: Sequence[Event], now: Sequence[Any], later: Sequence[Any]) -> None:
    for handler in (*now, *later):
        if hasattr(handler, "many"):
            handler.many(events)
    for handler in now:
        if not hasattr(handler, "many"):
            for event in events:
                handler(event)
    if waiting := [handler for handler in later if not hasattr(handler, "many")]:
        Delivery.objects.bulk_create(
            Delivery(event_id=event.pk, event_at=event.at, handler=handler_name(handler))
            for event in events
            for handler in waiting
        )
        wake_on_commit()
