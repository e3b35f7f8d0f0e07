"""The story of a load: who sells, who buys, then the deals; all of it or nothing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import Account, Contact, ContactPoint, Industry, Source
from activities.models import Call, Meeting, Note, Task
from crm.demo import words
from crm.seeding.bare import bare
from crm.seeding.calendar import YEARS, working_days
from crm.seeding.clients import CONTACTS_PER_CLIENT, copy_clients, copy_contacts, draw_clients
from crm.seeding.deals import DealMaker
from crm.seeding.events import Told
from crm.seeding.feed import Feed
from crm.seeding.people import make_people
from crm.seeding.records import LOADED as RECORDS
from crm.seeding.records import calls_of, copy_records, notes_of
from crm.seeding.work import LOADED as WORK
from crm.seeding.work import TASKS, TASKS_PER_DEAL, copy_work, make_absences, make_planned_people, meetings_of
from deals.funnel import rebuild
from deals.models import Deal, LossReason, Pipeline, StageEvent, StagePassage
from deals.testing import make_pipeline
from foundation.models import Event, EventSubject
from foundation.partitions import EVENTS, ensure_months

LOADED = (Account, Contact, ContactPoint, Deal, StageEvent, StagePassage, *WORK, *RECORDS)
LARGE = 20_000
FEW_DEALS = 500


@dataclass(frozen=True)
class Figures:
    clients: int
    contacts: int
    deals: int
    stage_events: int
    passages: int
    events: int
    subjects: int
    tasks: int


def seed(*, deals: int, clients: int, seed: int, now: datetime) -> Figures:
    """Add synthetic clients with three contacts each, and deals. The same for the same seed and day.

    The tables are locked while it runs. Sums are rebuilt and statistics gathered at the end.
    """
    dice = random.Random(seed)
    ensure_months((now - timedelta(days=365 * YEARS)).date(), now.date(), tables=EVENTS)
    with transaction.atomic():
        teams, tasks = make_people(), min(TASKS, deals * TASKS_PER_DEAL)
        planned = make_planned_people()
        make_absences(planned, seed, now)
        _make_words()
        tables = [model._meta.db_table for model in LOADED]
        with bare(tables, is_large=deals >= LARGE):
            keys = (reserve(Account, clients), reserve(Contact, clients * CONTACTS_PER_CLIENT))
            days = working_days(now)
            few = max(1, FEW_DEALS * clients // max(deals, FEW_DEALS * 10))
            drawn = draw_clients(clients, few, keys, teams, days, dice)
            feed = Feed()
            told = Told(feed, drawn, days, reserve(Event, deals + clients), now)
            maker = DealMaker(feed, drawn, days, dice, told)
            first_work = (reserve(Task, tasks), reserve(Meeting, meetings_of(planned)))
            first_records = (reserve(Call, calls_of(clients)), reserve(Note, notes_of(clients)))
            next_deal, next_entered = reserve(Deal, deals), reserve(StageEvent, deals * 6)
            with feed:  # From here to its end the connection is the feed's.
                for number in range(deals):
                    client = int(dice.random() * clients)
                    next_entered += maker.make(next_deal + number, next_entered, client)
                copy_clients(feed, drawn, days, told, dice)
                copy_contacts(feed, drawn, days, dice)
                for place in range(clients):
                    if told.tells_of(place):
                        told.client(place)
                copy_records(feed, drawn, days, told, first_records, dice)
                copy_work(feed, planned, tasks, first_work, now, dice)
        for model, last in ((StageEvent, next_entered), (Event, told.next_key)):
            _move_on(model, last)
        rebuild()
        figures = Figures(
            clients,
            clients * CONTACTS_PER_CLIENT,
            deals,
            maker.entered.rows,
            maker.passed.rows,
            told.events.rows,
            told.subjects.rows,
            tasks,
        )
    _gather_statistics()
    return figures


def _make_words() -> None:
    """The short lists a database without the demo company lacks."""
    lists: list[tuple[Any, Sequence[str]]] = [
        (Industry, words.INDUSTRIES),
        (Source, words.SOURCES),
        (LossReason, words.LOSS_REASONS),
    ]
    for model, names in lists:
        if not model.objects.exists():
            model.objects.bulk_create(model(name=name) for name in names)
    if not Pipeline.objects.exists():
        make_pipeline("Sales")


def reserve(model: type, count: int) -> int:
    """The first of so many keys nobody else will get; the table is locked until the end, so none is taken meanwhile."""
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        (first,) = cursor.fetchone()
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + max(count, 1) - 1]
        )
    return int(first)


def _move_on(model: type, last: int) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'),"
            " greatest(%s, nextval(pg_get_serial_sequence(%s, 'id'))))",
            [table, last, table],
        )


def _gather_statistics() -> None:
    """The planner must know the new sizes at once; VACUUM also marks pages, so that the first readers need not."""
    word = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        for model in (*LOADED, Event, EventSubject):
            cursor.execute(f'{word} "{model._meta.db_table}"')
        cursor.execute(f"{word} deals_stagetotal")
        cursor.execute(f"{word} deals_funnelsum")
