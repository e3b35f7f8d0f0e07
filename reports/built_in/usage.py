"""Whether the system is lived in, person by person: while the habit forms, this is what a KPI asks first.

Everything is read from what people wrote down anyway. Nobody's screen, keys or hours are watched.
"""

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.clock import company_day
from reports import groups
from reports.kpi_fields import KpiField, Measured, kpi_fields, offer
from reports.parameters import DEPARTMENT, OWNER, WHEN
from reports.periods import Period
from reports.readers import Reader, narrower
from reports.registry import report
from reports.tables import Column, Row, Table, percent

LATEST_CLIENTS = 300
USUAL_DAYS = 30
CLIENTS = """
    SELECT person.id, avg(found.parts), count(found.parts) FROM unnest(%(people)s::bigint[]) AS person (id)
    CROSS JOIN LATERAL (
        SELECT ((account.industry_id IS NOT NULL)::int + (account.source_id IS NOT NULL)::int
            + EXISTS (SELECT FROM accounts_contact WHERE account_id = account.id)::int
            + EXISTS (SELECT FROM accounts_contactpoint WHERE account_id = account.id)::int
            + EXISTS (SELECT FROM accounts_address WHERE account_id = account.id)::int) / 5.0 AS parts
        FROM accounts_account AS account WHERE account.owner_id = person.id
        ORDER BY account.id DESC LIMIT %(most)s) AS found
    GROUP BY person.id
"""
LOGGED = """
    SELECT actor_id, count(*) FILTER (WHERE recorded_at <= at + interval '1 day' OR EXISTS (
            SELECT FROM activities_call AS call WHERE call.id = (payload ->> 'call_id')::bigint AND call.note <> '')),
        count(*)
    FROM foundation_event WHERE name = 'call.logged' AND at >= %(since)s AND at < %(until)s
      AND actor_id = ANY(%(people)s) GROUP BY actor_id
"""
MEETINGS = """
    SELECT meeting.owner_id, count(*) FILTER (WHERE occurrence.outcome <> '' OR meeting.outcome <> ''), count(*)
    FROM activities_occurrence AS occurrence JOIN activities_meeting AS meeting ON meeting.id = occurrence.meeting_id
    WHERE occurrence.starts_at >= %(since)s AND occurrence.starts_at < least(%(until)s, now())
      AND NOT occurrence.is_cancelled AND meeting.state <> 'cancelled' AND meeting.owner_id = ANY(%(people)s)
    GROUP BY meeting.owner_id
"""
STEPS = """
    SELECT owner_id, count(*) FILTER (WHERE state = 'done' AND closed_at <= due_by), count(*)
    FROM activities_task
    WHERE owner_id = ANY(%(people)s) AND state <> 'cancelled' AND due_by >= %(since)s
      AND due_by < least(%(until)s, now())
    GROUP BY owner_id
"""
DEALS = """
    SELECT owner_id, count(*) FILTER (WHERE next_step_on IS NOT NULL), count(*)
    FROM deals_deal WHERE state = 'open' AND owner_id = ANY(%(people)s) GROUP BY owner_id
"""


def usual_period(params: dict[str, Any]) -> Period:
    """What was asked, else the last thirty days."""
    last = params.get("to") or company_day(timezone.now())
    return Period(params.get("from") or last - timedelta(days=USUAL_DAYS), last)


def people_of(reader: Reader, params: dict[str, Any], right: str = "activities.view") -> list[int]:
    """Whose work this reader may look at, by name."""
    reach = narrower(reader.user.reach("reports.view"), reader.user.reach(right))
    wanted = [key for key in reader.people if reach.covers_person(key)]
    if params.get("owner"):
        wanted = [key for key in wanted if key == params["owner"].pk]
    if params.get("department"):
        inside = reader.people_of(params["department"])
        wanted = [key for key in wanted if key in inside]
    return wanted


def measured_clients(people: Collection[int], period: Period) -> dict[int, Measured]:
    rows = _asked(CLIENTS, people, period, most=LATEST_CLIENTS)
    return {key: Measured(float(full) * n, n, _url("accounts:list", owner=key)) for key, full, n in rows}


def measured_calls(people: Collection[int], period: Period) -> dict[int, Measured]:
    return {
        key: Measured(kept, n, _register(key, period, "call"))
        for key, kept, n in _asked(LOGGED, people, period)
    }


def measured_meetings(people: Collection[int], period: Period) -> dict[int, Measured]:
    rows = _asked(MEETINGS, people, period)
    return {key: Measured(kept, n, _register(key, period, "meeting")) for key, kept, n in rows}


def measured_steps(people: Collection[int], period: Period) -> dict[int, Measured]:
    rows = _asked(STEPS, people, period)
    return {key: Measured(kept, n, _url("activities:tasks", owner=key, done=1)) for key, kept, n in rows}


def measured_deals(people: Collection[int], period: Period) -> dict[int, Measured]:
    rows = _asked(DEALS, people, period)
    return {key: Measured(kept, n, _url("deals:list", owner=key, state="open")) for key, kept, n in rows}


offer(
    KpiField(
        "client-completeness",
        gettext_lazy("Client cards filled in"),
        gettext_lazy(
            "Of industry, source, contacts, ways to reach them and address, how much the latest clients have"
        ),
        measured_clients,
    ),
    KpiField(
        "calls-told-of",
        gettext_lazy("Calls told of"),
        gettext_lazy("Calls that say what was said, or were logged within a day, of all"),
        measured_calls,
    ),
    KpiField(
        "meetings-with-outcome",
        gettext_lazy("Meetings with an outcome"),
        gettext_lazy("Meetings that are over and say what came of them, of all"),
        measured_meetings,
    ),
    KpiField(
        "steps-kept",
        gettext_lazy("Next steps kept on time"),
        gettext_lazy("Tasks done by when they were due, of those that were due in the period"),
        measured_steps,
    ),
    KpiField(
        "deals-with-next-step",
        gettext_lazy("Deals with a next step"),
        gettext_lazy("Open deals whose next step has a day, of all open deals now"),
        measured_deals,
    ),
)


@report(
    "usage",
    title=gettext_lazy("How the system is lived in"),
    group=groups.PEOPLE,
    description=gettext_lazy(
        "Filled-in clients, calls and meetings with what came of them, next steps kept."
    ),
    parameters=[DEPARTMENT, OWNER, *WHEN],
)
def usage(reader: Reader, params: dict[str, Any]) -> Table:
    people, period = people_of(reader, params), usual_period(params)
    found = {field.key: field.measure(people, period) for field in kpi_fields()}
    rows = []
    for key in people:
        mine = {name: measured[key] for name, measured in found.items() if key in measured}
        if mine:
            rows.append(
                Row(
                    {"person": reader.people[key].name, **{name: each.share for name, each in mine.items()}},
                    {name: each.url for name, each in mine.items() if each.url},
                    {name: each.all for name, each in mine.items()},
                )
            )
    columns = [
        Column("person", gettext_lazy("Person")),
        *(percent(each.key, each.label) for each in kpi_fields()),
    ]
    notes = [f"{each.label}: {each.what}." for each in kpi_fields()]
    notes.append(_("Counted from what was written down; nobody's screen, keys or hours are watched."))
    return Table(columns, rows, notes)


def _asked(query: str, people: Collection[int], period: Period, **more: Any) -> list[Any]:
    """One statement; the days of the period are the company's."""
    if not people:
        return []
    since, until = bounds(period)
    with connection.cursor() as cursor:
        cursor.execute(query, {"people": sorted(people), "since": since, "until": until, **more})
        return cursor.fetchall()


def bounds(period: Period) -> tuple[Any, Any]:
    """The first moment of the period and the first one after it."""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    last = period.last or company_day(timezone.now())
    first = period.first or last - timedelta(days=USUAL_DAYS)
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    return since, datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def _url(name: str, **asked: Any) -> str:
    return f"{reverse(name)}?{urlencode(asked)}"


def _register(person: int, period: Period, kind: str) -> str:
    return _url("activities:register", person=person, kind=kind, since=period.first, until=period.last)
