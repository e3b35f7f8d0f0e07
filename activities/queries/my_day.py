"""What the sections of a person's own day read: one statement each, rows as text."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.db.models import Exists, F, Max, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from activities.compiled import Compiled
from activities.due import at_local, day_there, end_of
from activities.models import (
    Call,
    CallResult,
    Meeting,
    MeetingState,
    Message,
    Note,
    Occurrence,
    Task,
    TaskState,
)
from activities.my_day import MOST
from activities.suggesting import OpenDeal, heavy_clients
from deals.models import Deal
from deals.queries import words

POOL = 300  # of a person's open deals the latest so many are looked through for suggestions
CALL_BACK_DAYS = 14
UNSAID_DAYS = 14
TASK_FIELDS = (
    "pk", "title", "kind", "priority", "due_on", "due_at", "due_by", "state", "owner__name",
    "account_id", "account__name", "contact__name", "deal_id", "deal__title",
)  # fmt: skip
MEETING_FIELDS = (
    "pk", "starts_at", "ends_at", "meeting_id", "meeting__title", "meeting__place", "room__name",
    "meeting__is_all_day", "meeting__owner_id", "meeting__account_id", "meeting__account__name",
)  # fmt: skip
DEAL_FIELDS = (
    "pk", "title", "account_id", "account__name", "account__last_event_at", "amount", "currency", "base_amount",
    "expected_close_on", "next_step", "next_step_on", "entered_stage_at", "stage__norm_days",
)  # fmt: skip
FIRST_ONES = ("due_by", "priority", "pk")
# Most deals that are looked at are not shown: their amounts become words only where they are read.
_amount_text = lazy(words.amount_text, str)
_worth_text = lazy(words.worth_text, str)


class Day:
    """The day it is where the person lives: its date, and the moments it begins and ends."""

    def __init__(self, person: Any, at: datetime) -> None:
        self.at, self.zone = at, person.time_zone
        self.today = day_there(at, self.zone)
        self.begins = at_local(self.today, time(), self.zone)
        self.ends = end_of(self.today, self.zone)
        self._days: dict[date, str] = {}

    def clock(self, moment: datetime) -> str:
        local = moment.astimezone(ZoneInfo(self.zone))
        return format_time(local, "short", tzinfo=local.tzinfo, locale=to_locale(words.language()))

    def day(self, day: date) -> str:
        """“yesterday”, “today”, “tomorrow”, else the date."""
        if day not in self._days:
            is_yesterday = day == self.today - timedelta(days=1)
            self._days[day] = _("yesterday") if is_yesterday else words.day_text(day, self.today)
        return self._days[day]

    def moment(self, moment: datetime) -> str:
        day = day_there(moment, self.zone)
        return self.clock(moment) if day == self.today else f"{self.day(day)}, {self.clock(moment)}"


def overdue(person: Any, at: datetime) -> Any:
    return _overdue(person.pk, at)


def due_today(person: Any, at: datetime) -> Any:
    return _due_within(person.pk, at, Day(person, at).ends)


def to_accept(person: Any, at: datetime) -> Any:
    """Handed in to the person."""
    return _to_accept(person.pk, at)


def first_overdue(person: Any, at: datetime) -> list[dict[str, Any]]:
    return _FIRST_OVERDUE.rows(person.pk, at)


def first_today(person: Any, at: datetime) -> list[dict[str, Any]]:
    return _FIRST_WITHIN.rows(person.pk, at, Day(person, at).ends)


def first_to_accept(person: Any, at: datetime) -> list[dict[str, Any]]:
    return _FIRST_TO_ACCEPT.rows(person.pk, at)


def _overdue(person: int, at: datetime) -> Any:
    return _own(person, at).filter(due_by__lte=at)


def _due_within(person: int, at: datetime, until: datetime) -> Any:
    return _own(person, at).filter(due_by__gt=at, due_by__lte=until)


def _to_accept(person: int, at: datetime) -> Any:
    return Task.objects.open().filter(controller=person, state=TaskState.REVIEW).awake(at=at)


def _own(person: int, at: datetime) -> Any:
    return Task.objects.open().filter(owner=person).exclude(state=TaskState.REVIEW).awake(at=at)


def _first(tasks: Any) -> Any:
    return tasks.order_by(*FIRST_ONES).values(*TASK_FIELDS)[: MOST + 1]


_FIRST_OVERDUE = Compiled(lambda *asked: _first(_overdue(*asked)), int, datetime)
_FIRST_WITHIN = Compiled(lambda *asked: _first(_due_within(*asked)), int, datetime, datetime)
_FIRST_TO_ACCEPT = Compiled(lambda *asked: _first(_to_accept(*asked)), int, datetime)


def meetings_today(person: Any, at: datetime) -> list[dict[str, Any]]:
    """Today's times of meetings the person takes part in: those to come, and those over whose outcome nobody said."""
    day = Day(person, at)
    return _MEETINGS.rows(person.pk, day.begins, day.ends)


def meetings_unsaid(person: Any, at: datetime) -> list[dict[str, Any]]:
    """Those they organised on the days before, of which nobody said what came."""
    day = Day(person, at)
    return _UNSAID.rows(person.pk, day.begins - timedelta(days=UNSAID_DAYS), day.begins, at)


def _meetings(person: int, since: datetime, until: datetime) -> Any:
    mine: Any = Occurrence.objects.filter(
        people_ids__contains=[person],
        starts_at__gte=since,
        starts_at__lt=until,
        is_cancelled=False,
        held_at=None,
    )
    return mine.exclude(meeting__state=MeetingState.CANCELLED)


def _first_meetings(times: Any) -> Any:
    return times.order_by("starts_at", "pk").values(*MEETING_FIELDS)[: MOST + 1]


_MEETINGS = Compiled(lambda *asked: _first_meetings(_meetings(*asked)), int, datetime, datetime)
_UNSAID = Compiled(
    lambda person, since, until, at: _first_meetings(
        _meetings(person, since, until).filter(ends_at__lte=at, meeting__owner=person)
    ),
    int,
    datetime,
    datetime,
    datetime,
)


def deals_without_step(person: Any, at: datetime) -> Any:
    return _stepless(person.pk)


def without_step(person: Any, at: datetime) -> list[OpenDeal]:
    return _seen(_WITHOUT_STEP.rows(person.pk, at), at)


def with_step(person: Any, at: datetime) -> list[OpenDeal]:
    """The latest of the person's open deals that have a next step: what suggestions are found among."""
    return _seen(_WITH_STEP.rows(person.pk, at), at)


def _stepless(person: int) -> Any:
    return Deal.objects.without_next_step().filter(owner=person)


def _stepping(person: int) -> Any:
    return Deal.objects.open().filter(owner=person, next_step_on__isnull=False)


def asked_to_call_back(person: Any, at: datetime) -> list[dict[str, Any]]:
    """Their calls of the last two weeks that ended so, with nobody called since and no call planned."""
    return _CALL_BACKS.rows(person.pk, at - timedelta(days=CALL_BACK_DAYS), at)


def _call_backs(person: int, since: datetime, at: datetime) -> Any:
    same = {"account": OuterRef("account")}
    calls = (
        Call.objects.filter(author=person, at__gte=since, at__lte=at, result=CallResult.CALL_BACK)
        .filter(account__isnull=False)
        .exclude(Exists(Call.objects.filter(at__gt=OuterRef("at"), **same)))
        .exclude(Exists(Task.objects.open().filter(kind="call", **same)))
    )
    fields = ("pk", "at", "account_id", "account__name", "contact_id", "contact__name", "deal_id")
    return calls.order_by("-at", "-pk").values(*fields)[: MOST + 1]


_CALL_BACKS = Compiled(_call_backs, int, datetime, datetime)


def _open_deals(deals: Any, at: datetime, most: int) -> Any:
    """The latest of these deals as the rules see them. What was done last about each is probed by index.

    Those are found first and joined then: somebody may have thousands of open deals."""
    about = {"deal": OuterRef("pk")}
    done = Task.objects.filter(state=TaskState.DONE, **about).order_by().values("deal")
    met = Meeting.objects.filter(starts_at__lte=at, **about).exclude(state=MeetingState.CANCELLED)
    latest = deals.order_by("-opened_at", "-pk").values("pk")[:most]
    return (
        Deal.objects.filter(pk__in=latest)
        .annotate(
            last_at=Greatest(
                F("entered_stage_at"),
                _last(Call, "at", about),
                _last(Message, "at", about),
                _last(Note, "at", about),
                Subquery(met.order_by("-starts_at").values("starts_at")[:1]),
                Subquery(done.annotate(last=Max("closed_at")).values("last")),
            ),
            has_task=Exists(Task.objects.open().filter(**about)),
        )
        .order_by("-opened_at", "-pk")
        .values(*DEAL_FIELDS, "last_at", "has_task")
    )


def _last(model: Any, moment: str, about: dict[str, Any]) -> Subquery:
    return Subquery(model.objects.filter(**about).order_by(f"-{moment}", "-pk").values(moment)[:1])


_WITHOUT_STEP = Compiled(lambda person, at: _open_deals(_stepless(person), at, MOST + 1), int, datetime)
_WITH_STEP = Compiled(lambda person, at: _open_deals(_stepping(person), at, POOL), int, datetime)


def _seen(rows: list[dict[str, Any]], at: datetime) -> list[OpenDeal]:
    worths: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["account_id"] is not None:
            worths[row["account_id"]] += row["base_amount"] or 0
    heavy = heavy_clients(worths)
    return [_open_deal(row, at, worths, heavy) for row in rows]


def _open_deal(
    row: dict[str, Any], at: datetime, worths: dict[int, Decimal], heavy: Iterable[int]
) -> OpenDeal:
    account, last = row["account_id"], row["account__last_event_at"]
    is_heavy = account in heavy
    return OpenDeal(
        key=row["pk"],
        title=row["title"],
        account=row["account__name"] or "",
        account_id=account,
        worth=row["base_amount"] or Decimal(0),
        worth_text=_amount_text(row["amount"], row["currency"]),
        quiet=words.company_calendar.days_since(row["last_at"], at),
        norm=row["stage__norm_days"],
        client_quiet=words.company_calendar.days_since(last, at) if last else None,
        expected_close_on=row["expected_close_on"],
        next_step=row["next_step"],
        next_step_on=row["next_step_on"],
        has_task=row["has_task"],
        is_heavy=is_heavy,
        client_worth_text=_worth_text(worths[account]) if is_heavy else "",
    )


def weekday_text(day: Day) -> str:
    """“Monday, November 23, 2026”: the day the page is about."""
    return format_date(day.today, "full", locale=to_locale(words.language()))
