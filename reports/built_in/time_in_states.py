"""The working time that tasks spent in each state: told by what happened to them, not by a tracker.

A passage counts as much as it lies within the period and within the working hours of whoever owned the task then.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import TaskKind, TaskPassage, TaskState
from foundation.working_time import Calendar, working_time_between
from reports import groups
from reports.built_in.usage import bounds, people_of, usual_period
from reports.built_in.won import owner_name
from reports.parameters import DEPARTMENT, OWNER, WHEN, choice
from reports.readers import Reader
from reports.registry import report
from reports.tables import Column, Kind, Row, Table, count
from users.calendars import calendars_of
from users.models import User

MOST = 50_000
STATES = [TaskState.NEW, TaskState.STARTED, TaskState.WAITING, TaskState.REVIEW]
BY = choice(
    "by",
    gettext_lazy("By"),
    [
        ("person", gettext_lazy("Person")),
        ("department", gettext_lazy("Department")),
        ("kind", gettext_lazy("Kind of task")),
    ],
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A passage as far as it lies in the period."""

    task_id: int
    state: str
    owner_id: int
    kind: str
    since: datetime
    until: datetime


class Hours:
    """Working time of one calendar between two moments of a span, each answer by two look-ups."""

    def __init__(self, since: datetime, until: datetime, calendar: Calendar) -> None:
        steps = working_time_between(since, until, calendar).steps
        spans = [span for step in steps for span in step.intervals]
        self.begins = [opens for opens, _closes in spans]
        self.ends = [closes for _opens, closes in spans]
        lengths = (closes - opens for opens, closes in spans)
        self.before = list(accumulate(lengths, initial=timedelta()))

    def between(self, since: datetime, until: datetime) -> timedelta:
        return max(self._until(until) - self._until(since), timedelta())

    def _until(self, moment: datetime) -> timedelta:
        """Working time from the beginning of the span to a moment in it."""
        at = bisect_right(self.begins, moment) - 1
        if at < 0:
            return timedelta()
        return self.before[at] + min(moment, self.ends[at]) - self.begins[at]


@report(
    "time-in-states",
    title=gettext_lazy("Time of tasks in each state"),
    group=groups.PEOPLE,
    description=gettext_lazy("Working time that tasks lay, were worked on, waited and were to be accepted."),
    parameters=[BY, DEPARTMENT, OWNER, *WHEN],
)
def time_in_states(reader: Reader, params: dict[str, Any]) -> Table:
    stays, is_whole = stays_of(reader, params)
    by = params["by"]
    group_of, title = _grouping(reader, by)
    sums: dict[Any, dict[str, timedelta]] = {}
    tasks: dict[Any, set[int]] = {}
    for stay, spent in zip(stays, spent_of(stays, params), strict=True):
        group = group_of(stay)
        mine = sums.setdefault(group, {})
        mine[stay.state] = mine.get(stay.state, timedelta()) + spent
        tasks.setdefault(group, set()).add(stay.task_id)
    rows = [
        _row(reader, params, by, key, name, mine, len(tasks[key, name]))
        for (key, name), mine in sorted(sums.items(), key=lambda each: each[0][1])
    ]
    columns = [
        Column(by, title),
        count("tasks", gettext_lazy("Tasks")),
        *(Column(state.value, capfirst(state.label), Kind.DAYS) for state in STATES),
        Column("together", gettext_lazy("Together, hours"), Kind.DAYS),
    ]
    notes = [
        _(
            "Hours of work by the working calendar of whoever owned the task then; nights and days off count nothing."
        ),
        _("Told by when tasks were planned, taken up, put to wait and done. Nobody's screen is watched."),
    ]
    if not is_whole:
        notes.append(_("Only the latest %(n)d passages are counted: choose a shorter period.") % {"n": MOST})
    return Table(columns, rows, notes)


def stays_of(reader: Reader, params: dict[str, Any], **narrow: Any) -> tuple[list[Stay], bool]:
    """(the latest passages of the period within reach, whether these are all of them); one statement."""
    since, until = bounds(usual_period(params))
    now = min(until, timezone.now())
    people = people_of(reader, params)
    passages = TaskPassage.objects.filter(owner__in=people, since__lt=until, **narrow)
    passages = passages.exclude(until__lte=since).order_by("-since", "-pk")
    names = ("task_id", "state", "owner_id", "task__kind", "since", "until")
    found = list(passages.values_list(*names)[: MOST + 1])
    stays = [
        Stay(task, state, owner, kind, max(began, since), min(ended or now, now))
        for task, state, owner, kind, began, ended in found[:MOST]
        if max(began, since) < min(ended or now, now)
    ]
    return stays, len(found) <= MOST


def spent_of(stays: Sequence[Stay], params: dict[str, Any]) -> Iterable[timedelta]:
    """The working time of each stay."""
    since, until = bounds(usual_period(params))
    owners = User.objects.filter(pk__in={stay.owner_id for stay in stays})
    calendars = calendars_of(list(owners))
    hours: dict[int, Hours] = {}  # people of one calendar share its hours
    for stay in stays:
        calendar = calendars[stay.owner_id]
        if id(calendar) not in hours:
            hours[id(calendar)] = Hours(since, until, calendar)
        yield hours[id(calendar)].between(stay.since, stay.until)


def _grouping(reader: Reader, by: str) -> tuple[Callable[[Stay], tuple[Any, str]], Any]:
    def department(stay: Stay) -> tuple[Any, str]:
        found = reader.department_of(stay.owner_id)
        return (found.pk, found.name) if found else (None, _("No department"))

    return {
        "person": (lambda stay: (stay.owner_id, owner_name(reader, stay.owner_id)), gettext_lazy("Person")),
        "department": (department, gettext_lazy("Department")),
        "kind": (lambda stay: (stay.kind, str(TaskKind(stay.kind).label)), gettext_lazy("Kind of task")),
    }[by]


def _row(
    reader: Reader,
    params: dict[str, Any],
    by: str,
    key: Any,
    name: str,
    mine: dict[str, timedelta],
    tasks: int,
) -> Row:
    values = {state.value: hours_of(mine.get(state.value, timedelta())) for state in STATES}
    asked: dict[str, Any] = {
        "from": params.get("from") or "",
        "to": params.get("to") or "",
        "owner": params["owner"].pk if params.get("owner") else "",
        "department": params["department"].pk if params.get("department") else "",
    }
    asked[{"person": "owner"}.get(by, by)] = key if key is not None else ""
    root = reverse("reports:time_tasks")
    links = {
        state: f"{root}?{urlencode({**asked, 'state': state})}" for state, hours in values.items() if hours
    }
    links["tasks"] = f"{root}?{urlencode(asked)}"
    together = hours_of(sum(mine.values(), timedelta()))
    return Row({by: name, "tasks": tasks, **values, "together": together}, links)


def hours_of(spent: timedelta) -> float:
    return round(spent / timedelta(hours=1), 1)
