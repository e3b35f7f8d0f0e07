"""Beginnings by the calendar: a rule, or so long before or after a day that a record names."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.automation import Field, named, subject
from foundation.errors import Refused
from processes import batches
from processes.conditions import checking, query, reading
from processes.models import Job, Process, Trigger
from processes.running import times

MORNING = time(8)
AROUND = timedelta(days=400)
BATCH = 1_000


def checked_rule(rule: str) -> str:
    """An RRULE of at most once a day, as it is kept. Refused where it is none."""
    rule = rule.strip().upper().removeprefix("RRULE:")
    if not rule.startswith("FREQ=") or any(each in rule for each in ("HOURLY", "MINUTELY", "SECONDLY")):
        raise Refused(_("Say how often: by days, weeks, months or years."))
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1, tzinfo=UTC))
    except (ValueError, KeyError, TypeError) as trouble:
        raise Refused(_("“%(rule)s” is no rule of repetition.") % {"rule": rule}) from trouble
    return rule


def next_after(rule: str, moment: datetime) -> datetime | None:
    """The next morning the rule names, in the company's zone; every morning for a rule of nothing."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    local = moment.astimezone(zone).replace(tzinfo=None)
    begin = datetime.combine(date(local.year, 1, 1), MORNING)
    found = rrulestr(rule or "FREQ=DAILY", dtstart=begin).after(local)
    return None if found is None else found.replace(tzinfo=zone)


def begin_due(at: datetime) -> int:
    """Turn schedules that are due into starts, one job a record; how many."""
    begun = 0
    with transaction.atomic():
        due = Trigger.objects.filter(kind="schedule", is_on=True, process__status="on", next_at__lte=at)
        for trigger in due.select_related("process").select_for_update(skip_locked=True, of=("self",)):
            keys = list(records_of(trigger, at))
            batch = batches.of_schedule(trigger.process, len(keys), at)
            more = {"batch": batch.pk} if batch else {}
            jobs = (
                Job(process=trigger.process, kind=Job.Kind.START, data={"subject_id": key, **more}, due_at=at)
                for key in keys
            )
            begun += len(Job.objects.bulk_create(jobs, batch_size=BATCH))
            trigger.next_at = next_after(trigger.rule, at)
            trigger.save(update_fields=["next_at"])
    return begun


def records_of(trigger: Trigger, at: datetime) -> Iterable[int]:
    """The keys of the records a schedule means today; one more than the daily cap at most, so that it trips."""
    process = trigger.process
    rows = subject(process.subject_kind).model._default_manager.all()
    if trigger.when:
        zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
        condition = checking.checked(
            reading.read(trigger.when), checking.fields_of(process.subject_kind), zone
        )
        rows = rows.filter(query.as_q(condition, at))
    if trigger.date_field:
        field = named(trigger.date_field)
        if field is None:
            return []
        days = days_for(trigger.offset or {"amount": 0, "unit": "days"}, at, times.calendar_for(None))
        with timezone.override(settings.COMPANY_TIME_ZONE):
            return _keys(rows.filter(on_days(field, days)), process)
    return _keys(rows, process)


def on_days(field: Field, days: list[date]) -> Q:
    """That a day, or a moment by the clock of the zone that is active, lies on one of these."""
    return Q(**{f"{field.lookup}{'__date' if field.kind == 'moment' else ''}__in": days})


def _keys(rows: Any, process: Process) -> list[int]:
    cap = (process.daily_cap or 10_000) + 1
    return list(rows.order_by("pk").values_list("pk", flat=True)[:cap])


def days_for(offset: dict[str, Any], at: datetime, calendar: times.Calendars) -> list[date]:
    """The days from which, so much later, it is today: several before a weekend, by working days."""
    zone = ZoneInfo(calendar().time_zone)
    today = at.astimezone(zone).date()
    rough = today - timedelta(days=offset["amount"])
    span = abs(offset["amount"]) + 14 if offset["unit"] == "working_days" else 1
    around = min(timedelta(days=span), AROUND)
    days = (rough + timedelta(days=n) for n in range(-around.days, around.days + 1))
    return [day for day in days if times.from_field(day, offset, calendar).astimezone(zone).date() == today]
