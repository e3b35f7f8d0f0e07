"""What processes mean for people's days: work that waits, and work that is expected to come. For the planner."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, TextField, Value
from django.db.models.functions import Cast, Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _

from processes.models import Arrival, Run, WorkItem
from processes.sentences import duration_words

MOST, WHOLE, DAY = 100, 100, timedelta(days=1)
NOTHING = Value("", TextField())
FIELDS = (
    "pk", "day", "is_expected", "is_seen", "name", "run", "run__title", "run__process__name", "after", "basis",
    "lasts", "share",
)  # fmt: skip
# A person's day begins where they live; work of a role is counted by the company's day.
SUMS = """
    SELECT person, coalesce(roles.name, ''), day, is_expected, count(*) FROM (
        SELECT work.assignee_id AS person, '' AS role, false AS is_expected, greatest(%(today)s::date, coalesce(
            (work.due_at AT TIME ZONE person.time_zone)::date, %(today)s::date)) AS day
        FROM processes_workitem work JOIN users_user person ON person.id = work.assignee_id
        WHERE work.state = 'open' AND work.assignee_id = ANY(%(people)s::bigint[])
            AND (work.due_at IS NULL OR work.due_at < %(until)s)
        UNION ALL
        SELECT NULL, role, false, greatest(%(today)s::date, coalesce(
            (due_at AT TIME ZONE %(zone)s)::date, %(today)s::date))
        FROM processes_workitem WHERE state = 'open' AND assignee_id IS NULL AND role IN (SELECT key FROM roles)
            AND (due_at IS NULL OR due_at < %(until)s)
        UNION ALL
        SELECT person_id, '', true, greatest(%(today)s::date, arrives_on) FROM processes_arrival
        WHERE person_id = ANY(%(people)s::bigint[]) AND arrives_on <= %(last)s
        UNION ALL
        SELECT NULL, role, true, greatest(%(today)s::date, arrives_on) FROM processes_arrival
        WHERE person_id IS NULL AND role IN (SELECT key FROM roles) AND arrives_on <= %(last)s
    ) AS each LEFT JOIN roles ON roles.key = each.role
    WHERE day BETWEEN %(since)s AND %(last)s GROUP BY person, roles.name, day, is_expected
"""
ROLES = """
    WITH roles AS MATERIALIZED (SELECT DISTINCT role.key, role.name FROM users_role role
        JOIN users_user_roles held ON held.role_id = role.id WHERE held.user_id = ANY(%(people)s::bigint[]))
"""


class Sum(NamedTuple):
    """So many pieces of work on a day, of a person, or of whoever of a role (its name) takes them."""

    person: int | None
    role: str
    day: date
    is_expected: bool
    pieces: int


class Line(NamedTuple):
    """One piece of work. Without a `title` for whoever may not see what it is about; `why` it is expected then."""

    day: date
    title: str
    url: str
    is_expected: bool
    why: str


def sums(people: Sequence[int], since: date, until: date, today: date) -> list[Sum]:
    """By person and role, of the days from `since` to `until`; what is late counts today. One statement."""
    asked: dict[str, Any] = {
        "people": list(people),
        "since": since,
        "last": until,
        "today": today,
        "until": until + 2 * DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROLES + SUMS, asked | {"zone": settings.COMPANY_TIME_ZONE})
        return [Sum(*row) for row in cursor.fetchall()]


def lines(person: int, since: date, until: date, today: date, reader: Any) -> list[Line]:
    """Of one person, what waits first. One statement; at most so many are named."""
    seen = Exists(Run.objects.visible_to(reader).filter(pk=OuterRef("run")))
    local = Func(F("assignee__time_zone"), F("due_at"), function="timezone", output_field=DateTimeField())
    due = Coalesce(Cast(local, DateField()), Value(today))
    waiting = WorkItem.objects.open().filter(assignee=person).annotate(
        day=Greatest(Value(today), due, output_field=DateField()), is_expected=Value(False), is_seen=seen,
        after=NOTHING, basis=NOTHING, lasts=NOTHING, share=Value(100),
    )  # fmt: skip
    coming = Arrival.objects.filter(person=person, arrives_on__lte=until).annotate(
        day=Greatest(Value(today), F("arrives_on"), output_field=DateField()),
        is_expected=Value(True), is_seen=seen, lasts=Cast("usual", TextField()),
    )  # fmt: skip
    rows = [
        each.order_by().filter(day__range=(since, until)).values_list(*FIELDS) for each in (waiting, coming)
    ]
    found = rows[0].union(rows[1], all=True).order_by("is_expected", "day", "pk")
    return [_line(*row) for row in found[:MOST]]


def _line(
    key: int, day: date, is_expected: bool, is_seen: bool, name: str, run: int, title: str, process: str,
    after: str, basis: str, lasts: str | None, share: int,
) -> Line:  # fmt: skip
    if not is_seen:
        return Line(day, "", "", is_expected, "")
    url = reverse("processes:run", args=[run]) if is_expected else reverse("processes:work", args=[key])
    why = process
    if is_expected:
        why = " ".join([f"{process}.", *_reasons(after, basis, json.loads(lasts or "null"), share)])
    return Line(day, f"{name}: {title}", url, is_expected, why)


def _reasons(after: str, basis: str, usual: Any, share: int) -> list[str]:
    """Why it is expected then, in a sentence or two."""
    found = []
    if after and usual:
        said = {"step": after, "time": duration_words(usual)}
        match basis:
            case Arrival.Basis.HISTORY:
                found.append(_("Comes after “%(step)s”, which usually takes %(time)s.") % said)
            case Arrival.Basis.DEADLINE:
                found.append(_("Comes after “%(step)s”, which has %(time)s.") % said)
            case _guess:
                found.append(
                    _("Comes after “%(step)s”; how long that takes is not known yet, a day is assumed.")
                    % said
                )
    if share < WHOLE:
        found.append(_("%(share)d of 100 go this way.") % {"share": share})
    return found
