"""What is behind a number of the planner: tasks with their minutes, meetings, expected load."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.capacity import Capacity, capacities
from activities.load import Piece, Weights, shares
from activities.models import Meeting, Occurrence, Task
from activities.queries import planner_words as words
from activities.queries.planner import (
    Asked,
    Columns,
    capacity_in,
    columns_of,
    meetings_in,
    why_off,
)
from activities.queries.planner_draft import Shift, day_of
from activities.queries.planner_sources import SourceLine, behind_of
from activities.queries.planner_work import TaskWork, tasks_of

MOST, LONGEST_ORDINAL = 100, 7
LATE, UNDATED, ALL = "late", "undated", "all"


class TaskLine(NamedTuple):
    pk: int
    title: str
    url: str
    minutes: str
    of: str
    due: str
    about: str
    is_usual: bool
    is_late: bool
    is_moved: bool
    version: int


class MeetingLine(NamedTuple):
    title: str
    url: str
    clock: str


@dataclass(frozen=True)
class Behind:
    """`hidden` counts tasks whose owner the reader plans but which the reader does not see; `more` those not shown."""

    person: Any
    title: str
    key: str
    sentence: str
    warning: str
    tasks: list[TaskLine]
    meetings: list[MeetingLine] = field(default_factory=list)
    others: list[SourceLine] = field(default_factory=list)
    expected: list[SourceLine] = field(default_factory=list)
    hidden: str = ""
    others_hidden: str = ""
    expected_hidden: str = ""
    more: str = ""
    day: str = ""


def behind(person: Any, part: str, asked: Asked, reader: Any) -> Behind:
    """`part` is the ordinal of a day, or late, undated or all. At most eleven statements, one more for each source
    of load."""
    held, hours, _calendar = capacities([person], asked.today)
    capacity, columns = held[person.pk], columns_of(hours, asked.today, asked.first)
    weights = Weights(capacity)
    all_tasks, shifts = _tasks(person.pk, asked), asked.draft.shifts
    moved = {shift.task for shift in shifts}
    place = place_of(part, columns)
    if place is None:
        chosen, title = _apart(all_tasks, part)
        sentence, warning = words.clock(sum(minutes for _task, minutes in chosen)), ""
        lines, hidden, more = _lines(chosen, reader, moved)
        return Behind(
            person, title, f"{person.pk}.{part}", sentence, warning, lines, hidden=hidden, more=more
        )
    since, until = columns.span(place)
    pieces = [Piece(*task[:4]) for task in all_tasks if task.due is not None]  # type: ignore[arg-type]
    of_day = shares(pieces, weights, since, until - 1)
    chosen = [(task, of_day[task.key]) for task in all_tasks if task.key in of_day]
    lines, hidden, more = _lines(chosen, reader, moved)
    others = behind_of(person.pk, columns, place, reader)
    sentence, warning = _said(capacity, weights, columns, place, sum(of_day.values()) + others.minutes)
    return Behind(
        person=person,
        title=_span_title(columns, place, capacity),
        key=f"{person.pk}.{part}",
        sentence=sentence,
        warning=warning,
        tasks=lines,
        meetings=_meetings(person.pk, columns, place, reader),
        others=others.load,
        others_hidden=others.hidden,
        expected=others.soft,
        expected_hidden=others.soft_hidden,
        hidden=hidden,
        more=more,
        day=columns.day(place).isoformat(),
    )


def place_of(part: str, columns: Columns) -> int | None:
    """The column of a day said by its ordinal; None where there is none."""
    day = int(part) - columns.today.toordinal() if part.isdecimal() and len(part) <= LONGEST_ORDINAL else -1
    return columns.ends.index(day) if day in columns.ends else None


def _tasks(person: int, asked: Asked) -> list[TaskWork]:
    """The person's tasks as the draft would leave them. Those that come are read with their former owner's."""
    found = tasks_of(person, asked.today, asked.at)
    gone = {shift.task: shift for shift in asked.draft.shifts}
    kept = [task for task in found if task.key not in gone]
    usual = {task.key: task for task in found}
    come = [shift for shift in gone.values() if shift.owner == person]
    return kept + [_as_moved(shift, usual.get(shift.task)) for shift in come]


def _as_moved(shift: Shift, task: TaskWork | None) -> TaskWork:
    starts, due = shift.after
    is_late = shift.is_late and shift.after == shift.before
    return TaskWork(shift.task, starts, due, shift.minutes, bool(task and task.is_usual), is_late)


def _apart(tasks: Sequence[TaskWork], part: str) -> tuple[list[tuple[TaskWork, int]], str]:
    titles = {LATE: _("Overdue, carried onto today"), UNDATED: _("Not dated")}
    chosen = [
        (task, task.minutes)
        for task in tasks
        if (task.is_late if part == LATE else task.due is None if part == UNDATED else True)
    ]
    return chosen, titles.get(part, _("All open tasks"))


def _lines(
    chosen: Sequence[tuple[TaskWork, int]], reader: Any, moved: set[int]
) -> tuple[list[TaskLine], str, str]:
    shown = chosen[:MOST]
    keys = [work.key for work, _minutes in shown]
    seen = Task.objects.visible_to(reader).select_related("owner", "account").filter(pk__in=keys)
    found = {task.pk: task for task in seen.order_by("pk")}
    lines = [
        _line(found[work.key], work, minutes, work.key in moved)
        for work, minutes in shown
        if work.key in found
    ]
    unseen = [minutes for work, minutes in shown if work.key not in found]
    hidden = ngettext(
        "%(n)d task you do not see, %(time)s", "%(n)d tasks you do not see, %(time)s", len(unseen)
    )
    more = ngettext("and %(n)d more task", "and %(n)d more tasks", len(chosen) - MOST)
    return (
        lines,
        hidden % {"n": len(unseen), "time": words.clock(sum(unseen))} if unseen else "",
        more % {"n": len(chosen) - MOST} if len(chosen) > MOST else "",
    )


def _line(task: Task, work: TaskWork, minutes: int, is_moved: bool) -> TaskLine:
    due = day_of(task)
    return TaskLine(
        pk=task.pk,
        title=task.title,
        url=task.get_absolute_url(),
        minutes=words.clock(minutes),
        of=words.clock(work.minutes) if work.minutes != minutes else "",
        due=words.long_day(due) if due else "",
        about=task.account.name if task.account else "",
        is_usual=work.is_usual,
        is_late=work.is_late,
        is_moved=is_moved,
        version=task.version,
    )


def _said(capacity: Capacity, weights: Weights, columns: Columns, place: int, load: int) -> tuple[str, str]:
    """The arithmetic of the cell as a sentence, and a warning where it is too much."""
    most = capacity_in(weights, columns)[place]
    meetings, why = meetings_in(capacity, columns)[place], why_off(capacity, columns, place)
    said = _("%(load)s of work for %(capacity)s of time") % {
        "load": words.clock(load),
        "capacity": words.clock(most),
    }
    if meetings:
        said = _("%(said)s, %(time)s of meetings taken off") % {
            "said": said,
            "time": words.clock(meetings),
        }
    if why:
        said = f"{said} ({words.reason(why)})"
    over = _("Too much by %(time)s: give something away or move it.") % {"time": words.clock(load - most)}
    return said, over if load > most else ""


def _span_title(columns: Columns, place: int, capacity: Capacity) -> str:
    """The day, and the days off before it on which this person works."""
    since, until = columns.span(place)
    also = [
        words.long_day(columns.today + timedelta(days=day))
        for day in range(since, until - 1)
        if capacity.worked[day]
    ]
    title = words.long_day(columns.day(place))
    return _("%(day)s with %(others)s") % {"day": title, "others": ", ".join(also)} if also else title


def _meetings(person: int, columns: Columns, place: int, reader: Any) -> list[MeetingLine]:
    """Those of the days, by the reader's clock; without words where the reader does not take part. Two statements."""
    since, until = (
        timezone.make_aware(datetime.combine(columns.today + timedelta(days=day), time()))
        for day in columns.span(place)
    )
    taking_part = Occurrence.objects.filter(people_ids__contains=[person], is_cancelled=False)
    those = taking_part.filter(starts_at__lt=until, ends_at__gt=since).select_related("meeting")
    found = list(those.order_by("starts_at", "pk")[:MOST])
    keys = [each.meeting_id for each in found]
    seen = set(
        Meeting.objects.visible_to(reader).filter(pk__in=keys).order_by("pk").values_list("pk", flat=True)
    )
    return [
        MeetingLine(
            each.meeting.title if each.meeting_id in seen else _("Busy"),
            each.meeting.get_absolute_url() if each.meeting_id in seen else "",
            f"{_clock(each.starts_at)}–{_clock(each.ends_at)}",
        )
        for each in found
    ]


def _clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "TIME_FORMAT")
