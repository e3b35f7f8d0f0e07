"""Stories around a call and what follows from it: the task that planned it, the next step, nobody answering."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.consents.permission import Despite, bypass
from activities import operations
from activities.due import at_local, day_there
from activities.models import Call, CallResult, Message, Task, TaskKind
from foundation.working_time import add_working_days
from users.calendars import calendar_of

MORNING = time(9)


@dataclass(frozen=True)
class NoAnswer:
    """The call nobody took, the task by which it is tried again, and how that task was due before (None: it is new)."""

    call: Call
    task: Task
    due_before: date | datetime | None
    is_new: bool


def log_call(
    *,
    by: Any,
    at: datetime,
    now: datetime,
    task: Task | None = None,
    next_step: Any = None,
    despite: Despite | None = None,
    **said: Any,
) -> Call:
    """Log a call; finish the task that planned it, and plan what comes next, in the same step.

    `despite` says whose wish it went against, and why.
    """
    with transaction.atomic():
        bypass(despite, by=by, at=now)
        call = Call.log(by=by, at=at, task=task, **said)
        if task is not None and task.is_open and call.result == CallResult.REACHED:
            operations.finish_task(task, outcome=call.note, next_step=next_step, by=by, at=now)
        elif next_step is not None:
            plan_next(next_step, call, by=by, at=now)
    return call


def keep_message(
    *,
    by: Any,
    at: datetime,
    now: datetime,
    next_step: Any = None,
    despite: Despite | None = None,
    **said: Any,
) -> Message:
    """Keep a message and plan what comes next, in the same step."""
    with transaction.atomic():
        bypass(despite, by=by, at=now)
        message = Message.log(by=by, at=at, **said)
        if next_step is not None:
            plan_next(next_step, message, by=by, at=now)
    return message


def plan_next(next_step: Any, about: Any, *, by: Any, at: datetime) -> Task:
    """The next step after something that no task had planned."""
    return Task.plan(
        title=next_step.title,
        owner=next_step.owner or by,
        kind=next_step.kind or TaskKind.TODO,
        due_on=next_step.due_on,
        due_at=next_step.due_at,
        account=about.account,
        contact=about.contact,
        deal=about.deal,
        by=by,
        at=at,
    )


def no_answer(*, by: Any, at: datetime, task: Task | None = None, phone: str = "", **links: Any) -> NoAnswer:
    """Nobody answered: log it, and try again at nine on the next working day."""
    with transaction.atomic():
        call = Call.log(by=by, at=at, result=CallResult.NO_ANSWER, phone=phone, task=task, **links)
        owner = task.owner if task is not None else by
        again = next_morning(owner, at)
        if task is not None and task.is_open:
            before = task.due_at or task.due_on
            task.change({"due_on": None, "due_at": again}, by=by, at=at)
            return NoAnswer(call, task, before, is_new=False)
        whom = call.contact or call.account or call.deal
        title = _("Call again: %(whom)s") % {"whom": whom} if whom else _("Call again")
        about = {"account": call.account, "contact": call.contact, "deal": call.deal}
        planned = Task.plan(title=title, owner=by, kind=TaskKind.CALL, due_at=again, by=by, at=at, **about)
        return NoAnswer(call, planned, None, is_new=True)


def take_back_no_answer(
    call: Call, task: Task | None, *, due_before: date | datetime | None, is_new: bool, by: Any, at: datetime
) -> None:
    """As it was before the click; a task that somebody changed meanwhile stays as they left it."""
    with transaction.atomic():
        call.take_back(by=by, at=at)
        if task is None or not task.is_open:
            return
        if is_new:
            if task.version == 1:
                task.withdraw(by=by, at=at)
            return
        is_moment = isinstance(due_before, datetime)
        due = {"due_at": due_before, "due_on": None} if is_moment else {"due_at": None, "due_on": due_before}
        task.change(due, by=by, at=at)


def next_morning(person: Any, at: datetime) -> datetime:
    """Nine o'clock where the person lives on their next working day."""
    day = add_working_days(day_there(at, person.time_zone), 1, calendar_of(person))
    return at_local(day, MORNING, person.time_zone)
