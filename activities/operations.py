"""Stories across tasks: done and what follows, series, a deal's next step, and taking things back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.consents.permission import Despite, bypass
from activities.chains import NextStep, Suggestion, suggest_next
from activities.due import day_there
from activities.last_events import last_event
from activities.models import Project, Task, TaskState
from activities.models.task import next_due
from activities.repeats import WORKDAYS, next_day
from deals.facts import DealNextStepPlanned
from deals.models import Deal
from foundation.working_time import Reason
from users.calendars import calendar_of

__all__ = [
    "NextStep",
    "Suggestion",
    "cancel_task",
    "change_task",
    "finish_task",
    "plan_task",
    "suggest_next",
    "sync_next_step",
    "take_back_finish",
]

LINKS = ("account", "contact", "deal")
# What a repetition takes over; it begins open, unticked and without an outcome.
REPEATED = (
    "title", "description", "kind", "priority", "owner", "controller", "estimate", "parent", "template",
    "repeat", "repeats_from", "repeats_at", *LINKS,
)  # fmt: skip


def plan_task(
    *,
    reminders: Sequence[int] = (),
    person: Any = None,
    despite: Despite | None = None,
    by: Any,
    at: datetime,
    **fields: Any,
) -> Task:
    """A new task with the reminders a person wants, in minutes before it is due."""
    with transaction.atomic():
        bypass(despite, by=by, at=at)
        task = Task.plan(by=by, at=at, **fields)
        if reminders:
            _remind(task, reminders, person or by, at)
    return task


def change_task(
    task: Task,
    changes: dict[str, Any],
    reminders: Sequence[int],
    *,
    by: Any,
    at: datetime,
    version: int | None,
    despite: Despite | None = None,
) -> None:
    """Change its fields, and when the person who changes it is reminded."""
    with transaction.atomic():
        bypass(despite, by=by, at=at)
        task.change(changes, by=by, at=at, version=version)
        if task.is_open:
            _remind(task, reminders, by, at)


def finish_task(
    task: Task,
    *,
    outcome: str = "",
    next_step: NextStep | None = None,
    no_next_step: str = "",
    skip_missed: bool = True,
    by: Any,
    at: datetime,
    version: int | None = None,
    cause: Any = None,
) -> Task | None:
    """Done, and what follows planned with it: the next step or, for a series, the next time. Gives what follows.

    Without a next step an automatic chain is planned, unless `no_next_step` says why nothing follows. Finished
    twice, it is finished once. Handed in to be accepted, nothing follows yet.
    """
    with transaction.atomic():
        fresh = task.locked(version)
        if not fresh.is_open:
            return None
        reminders = _reminders_of(fresh)
        fresh.finish(outcome=outcome, no_next_step=no_next_step, by=by, at=at, cause=cause)
        follower = None
        if fresh.state == TaskState.DONE:
            again = _repeat(fresh, reminders, skip_missed=skip_missed, by=by, at=at, cause=cause)
            if next_step is None and not no_next_step:
                next_step = _automatic(fresh, at)
            follower = _plan_next(fresh, next_step, by=by, at=at, cause=cause) if next_step else again
    task.refresh_from_db()
    return follower


def cancel_task(
    task: Task,
    reason: str = "",
    *,
    with_series: bool = False,
    by: Any,
    at: datetime,
    version: int | None = None,
    cause: Any = None,
) -> Task | None:
    """It will not be done. Of a series only this once, unless the whole of it ends; gives the next time."""
    with transaction.atomic():
        fresh = task.locked(version)
        if not fresh.is_open:
            return None
        reminders = _reminders_of(fresh)
        fresh.cancel(reason, by=by, at=at, cause=cause)
        again = None
        if not with_series:
            again = _repeat(fresh, reminders, skip_missed=True, by=by, at=at, cause=cause)
    task.refresh_from_db()
    return again


def take_back_finish(task: Task, *, by: Any, at: datetime, version: int | None = None) -> None:
    """Open again, and what was planned with finishing it taken back, where nobody has touched that yet."""
    with transaction.atomic():
        fresh = task.locked(version)
        if fresh.state == TaskState.REVIEW:
            fresh.take_up(by=by, at=at)
        if fresh.is_open:
            return
        planned_with_it = Task.objects.open().filter(
            previous=fresh, planned_at=fresh.closed_at or at, version=1, snoozed_until=None
        )
        for follower in planned_with_it.order_by("pk"):
            follower.withdraw(by=by, at=at)
        fresh.reopen(by=by, at=at)
    task.refresh_from_db()


def series_next(task: Task, *, at: datetime, skip_missed: bool = True) -> Any:
    """The day on which a repeating task is due next; None where it does not repeat or has come to its end."""
    due = task.due_day
    if not task.repeat or due is None or task.repeats_from is None:
        return None
    after = max(due, day_there(at, task.owner.time_zone)) if skip_missed else due
    if not task.repeat.startswith(WORKDAYS):
        return next_day(task.repeat, first=task.repeats_from, after=after)
    calendar = calendar_of(task.owner)
    return next_day(
        task.repeat,
        first=task.repeats_from,
        after=after,
        is_wanted=lambda day: calendar.reason(day) in (Reason.HOURS, Reason.SPECIAL),
    )


def sync_next_step(deal_id: int, *, by: Any, at: datetime, cause: Any = None) -> None:
    """The earliest open task of a deal becomes the deal's next step. Where none is left, one that came from a task
    is cleared; one that somebody wrote on the deal itself stays, and goes first while it is the earlier."""
    with transaction.atomic():
        deal = Deal.objects.select_for_update().filter(pk=deal_id).first()
        if deal is None or not deal.is_open:
            return
        waiting = Task.objects.open().filter(deal=deal_id, due_by__isnull=False)
        task = waiting.select_related("owner").order_by("due_by", "pk").first()
        stands = deal.next_step_on
        is_written = stands is not None and not _came_from_task(deal_id)
        if task is None:
            if not is_written and stands is not None:
                deal.plan_next_step("", None, by=by, at=at, cause=cause)
            return
        day = task.due_day
        today = day_there(at, task.owner.time_zone)
        if is_written and stands and day and today <= stands < day:
            return
        deal.plan_next_step(task.title, day, by=by, at=at, cause=cause)


def _came_from_task(deal_id: int) -> bool:
    """Whether what stands as the deal's next step was put there by one of its tasks."""
    last = last_event("deal", deal_id, DealNextStepPlanned.fact_name)
    return last is not None and last.cause.startswith("task.")


def _remind(task: Task, minutes: Sequence[int], person: Any, at: datetime) -> None:
    from activities.reminding import set_reminders  # it listens to tasks itself

    set_reminders(task, list(minutes), person, at)


def _plan_next(task: Task, step: NextStep, *, by: Any, at: datetime, cause: Any) -> Task:
    template = step.template
    return Task.plan(
        title=step.title,
        owner=step.owner or _owner_for(task, by),
        due_on=step.due_on,
        due_at=step.due_at,
        kind=step.kind,
        template=template,
        estimate=template.estimate if template else None,
        checklist=template.checklist if template else (),
        previous=task,
        by=by,
        at=at,
        cause=cause,
        project=_project_for(task),
        **{link: getattr(task, link) for link in LINKS},
    )


def _project_for(task: Task) -> Project | None:
    """What follows a task is part of its project, while there may be new tasks in it."""
    project: Project | None = task.project
    return project if project is not None and project.is_open and settings.PROJECTS_ENABLED else None


def _reminders_of(task: Task) -> dict[Any, list[int]]:
    """Who is reminded of a repeating task, and how long before: so it will be the next time."""
    found: dict[Any, list[int]] = {}
    if task.repeat:
        for each in task.reminders.select_related("person").order_by("pk"):  # type: ignore[attr-defined]
            found.setdefault(each.person, []).append(each.minutes)
    return found


def _repeat(
    task: Task, reminders: dict[Any, list[int]], *, skip_missed: bool, by: Any, at: datetime, cause: Any
) -> Task | None:
    """The next time of a series, once: a series has one open task."""
    if not task.repeat or task.followers.filter(repeats_from__isnull=False).exists():  # type: ignore[attr-defined]
        return None
    day = series_next(task, at=at, skip_missed=skip_missed)
    if day is None:
        return None
    fields = {name: getattr(task, name) for name in REPEATED}
    if fields["parent"] is not None and not fields["parent"].is_open:
        fields["parent"] = None
    fields["owner"] = _owner_for(task, by)
    if task.starts_on and task.due_day:
        fields["starts_on"] = day - (task.due_day - task.starts_on)
    follower = Task.plan(
        **fields,
        project=_project_for(task),
        **next_due(task, day),
        checklist=[line.text for line in task.checklist.order_by("position", "pk")],  # type: ignore[attr-defined]
        watchers=[each for each in task.watchers.all() if each.is_active],
        previous=task,
        by=by,
        at=at,
        cause=cause,
    )
    for person, minutes in reminders.items():
        _remind(follower, minutes, person, at)
    return follower


def _automatic(task: Task, at: datetime) -> NextStep | None:
    suggestion = suggest_next(task, at=at, calendar=calendar_of(task.owner)) if task.template_id else None
    return suggestion.as_step() if suggestion and suggestion.is_automatic else None


def _owner_for(task: Task, by: Any) -> Any:
    """Whoever did it; where they left meanwhile, whoever finishes it."""
    return task.owner if task.owner.is_active and not task.owner.is_robot else by
