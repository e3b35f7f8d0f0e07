"""The page of one task, within twelve statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities import estimates
from activities.models import Task, TaskKind, TaskState
from activities.queries.due_marks import due_mark, moment_text
from activities.queries.tasks import KIND_ICONS, STATE_TAGS
from activities.repeat_choices import described
from foundation import timeline
from foundation.errors import Refused
from foundation.working_time import hours_text, working_time_between
from users.calendars import calendars_of

MOST_SUBTASKS = 50
MOST_PASSAGES = 40
MOST_EXPLAINED = 31
RECORDS = (("account", "accounts.view"), ("deal", "deals.view"), ("project", "activities.view"))


@dataclass(frozen=True)
class Stay:
    """A stretch of time in one state: how much working time of its owner it took, and by which days that adds up."""

    state: str
    owner: str
    since: str
    until: str
    worked: str
    explained: list[str]


def page_of(task: Task, person: Any, *, may_accept: bool) -> dict[str, Any]:
    now = timezone.now()
    change = person.reaches(task, "activities.change")
    watchers = list(task.watchers.order_by("sort_key", "pk"))
    return {
        "task": task,
        "due": due_mark(task.due_on, task.due_at, task.due_by, is_open=task.is_open, now=now),
        "kind_icon": KIND_ICONS[TaskKind(task.kind)],
        "state_css": f"tag {STATE_TAGS[TaskState(task.state)]}",
        "estimate": estimates.in_words(task.estimate),
        "repeats": described(task.repeat),
        "snoozed": moment_text(task.snoozed_until) if task.snoozed_until and task.snoozed_until > now else "",
        "checklist": checklist_of(task),
        "subtasks": subtasks_of(task, person, now),
        "watchers": watchers,
        "watches": any(each.pk == person.pk for each in watchers),
        "stays": stays_of(task, now),
        "timeline": timeline_of(task),
        "project": task.project if settings.PROJECTS_ENABLED else None,
        "sees": {
            name: getattr(task, name) is not None and person.reaches(getattr(task, name), right)
            for name, right in RECORDS
        },
        "may": {
            "change": change,
            "assign": person.reaches(task, "activities.assign"),
            "accept": change and may_accept,
            "finish": change and task.is_open and (task.state != TaskState.REVIEW or may_accept),
            "create": person.may("activities.create"),
            "nudge": task.is_open and person.pk != task.owner_id,
        },
    }


def checklist_of(task: Task) -> list[Any]:
    return list(task.checklist.order_by("position", "pk"))  # type: ignore[attr-defined]


def subtasks_of(task: Task, person: Any, now: datetime) -> list[dict[str, Any]]:
    rows = Task.objects.visible_to(person).filter(parent=task).order_by("closed_at", "due_by", "pk")
    fields = ("pk", "title", "state", "due_on", "due_at", "due_by", "closed_at", "owner__name")
    return [
        {
            "pk": row["pk"],
            "title": row["title"],
            "owner": row["owner__name"],
            "is_open": row["closed_at"] is None,
            "state": TaskState(row["state"]).label,
            "due": due_mark(
                row["due_on"], row["due_at"], row["due_by"], is_open=row["closed_at"] is None, now=now
            ),
        }
        for row in rows.values(*fields)[:MOST_SUBTASKS]
    ]


def stays_of(task: Task, now: datetime) -> list[Stay]:
    """Time in each state in working time of whoever had it, the latest first."""
    passages = list(task.passages.select_related("owner").order_by("-since", "-pk")[:MOST_PASSAGES])  # type: ignore[attr-defined]
    calendars = calendars_of(list({passage.owner_id: passage.owner for passage in passages}.values()))
    language, stays = get_language() or "en", []
    for passage in passages:
        try:
            answer = working_time_between(passage.since, passage.until or now, calendars[passage.owner_id])
            worked = _worked(answer.duration)
            explained = [step.explained(language) for step in answer.steps[-MOST_EXPLAINED:]]
        except Refused:
            worked, explained = _("over fifty years"), []
        stays.append(
            Stay(
                state=str(TaskState(passage.state).label),
                owner=passage.owner.name,
                since=moment_text(passage.since),
                until=moment_text(passage.until),
                worked=worked,
                explained=explained,
            )
        )
    return stays


def timeline_of(task: Task, before: str | None = None) -> dict[str, Any]:
    return shown_timeline("task", task.pk, before=before)


def shown_timeline(kind: str, key: int, before: str | None = None) -> dict[str, Any]:
    """A page of the timeline by days of the reader's zone."""
    page = timeline.page(kind, key, before=before)
    days = groupby(page.entries, key=lambda entry: timezone.localdate(entry.at))
    return {"days": [(day, list(entries)) for day, entries in days], "older": page.older}


def _worked(duration: timedelta) -> str:
    return hours_text(timedelta(minutes=int(duration.total_seconds() // 60)))
