"""What follows work that is done: the template's chain, else what is usual after a call, a letter or a visit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from activities.due import day_there
from activities.models import Task, TaskKind, TaskTemplate
from foundation.working_time import Calendar, add_working_days

USUAL_DAYS = {
    TaskKind.CALL: 2,
    TaskKind.MAIL: 3,
    TaskKind.MESSAGE: 2,
    TaskKind.VISIT: 1,
    TaskKind.DOCUMENT: 3,
}


@dataclass(frozen=True)
class NextStep:
    """What is to be done next: due on a day or at a moment. Whoever did this task does it, unless said otherwise."""

    title: str
    due_on: date | None = None
    due_at: datetime | None = None
    kind: str = TaskKind.TODO
    owner: Any = None
    template: TaskTemplate | None = None


@dataclass(frozen=True)
class Suggestion:
    """A next step to agree with, and why. `is_automatic`: planned without asking unless somebody says otherwise."""

    title: str
    kind: str
    due_on: date
    reason: str
    template: TaskTemplate | None = None
    is_automatic: bool = False

    def as_step(self) -> NextStep:
        return NextStep(self.title, due_on=self.due_on, kind=self.kind, template=self.template)


def suggest_next(task: Task, *, at: datetime, calendar: Calendar) -> Suggestion | None:
    """What to do next, due in working days of the owner's calendar; None where nothing is usual."""
    today = day_there(at, task.owner.time_zone)
    follows = task.template.followed_by if task.template is not None else None
    if follows is not None and not follows.is_retired:
        return Suggestion(
            title=follows.title,
            kind=follows.kind,
            due_on=add_working_days(today, follows.due_in, calendar),
            reason=_("After “%(name)s” comes “%(next)s”.") % {"name": task.template, "next": follows.name},
            template=follows,
            is_automatic=follows.is_automatic,
        )
    days = USUAL_DAYS.get(TaskKind(task.kind))
    if days is None or (task.account_id is None and task.deal_id is None):
        return None
    titles = {
        TaskKind.CALL: _("Follow up on the call"),
        TaskKind.MAIL: _("Ask for an answer to the letter"),
        TaskKind.MESSAGE: _("Ask for an answer to the message"),
        TaskKind.VISIT: _("Thank for the visit and send what was agreed"),
        TaskKind.DOCUMENT: _("Ask whether the document was read"),
    }
    kind = TaskKind.MAIL if task.kind == TaskKind.VISIT else TaskKind.CALL
    reason = _("Usual after such work, in %(days)d working days.") % {"days": days}
    return Suggestion(titles[TaskKind(task.kind)], kind, add_working_days(today, days, calendar), reason)


def from_template(template: TaskTemplate, *, at: datetime, zone: str, calendar: Calendar) -> dict[str, Any]:
    """First values of a task made from a template; `checklist` is its lines."""
    return {
        "title": template.title,
        "kind": template.kind,
        "due_on": add_working_days(day_there(at, zone), template.due_in, calendar),
        "estimate": template.estimate,
        "checklist": list(template.checklist),
        "template": template,
    }
