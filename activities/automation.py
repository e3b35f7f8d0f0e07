"""What tasks offer to processes: fields to ask about, verbs to call."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_time
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.automation import fixed
from accounts.models import Account
from activities import operations
from activities.chains import from_template
from activities.due import day_there
from activities.models import Meeting, Note, Task, TaskKind, TaskTemplate
from activities.models.task import Priority, TaskState
from deals.automation import stages
from deals.models import Deal
from foundation.automation import Action, Field, Subject, offer, offer_options, offer_subject
from foundation.errors import Refused
from foundation.working_time import add_working_days
from users.automation import people
from users.calendars import calendar_of
from users.models import User


def templates() -> list[tuple[Any, Any]]:
    found = TaskTemplate.objects.filter(is_retired=False).order_by("position", "name", "pk")
    return list(found.values_list("pk", "name"))


def _page(pk: int) -> str:
    return Task(pk=pk).get_absolute_url()


SUBJECTS = [Subject("task", _("task"), Task, _page)]
KINDS = fixed(TaskKind.choices)

FIELDS = [
    Field("task.title", _("Task: what"), "text", "title"),
    Field("task.kind", _("Task: kind"), "choice", "kind", options=KINDS),
    Field("task.state", _("Task: state"), "choice", "state", options=fixed(TaskState.choices)),
    Field("task.priority", _("Task: priority"), "choice", "priority", options=fixed(Priority.choices)),
    Field("task.owner", _("Task: who"), "person", "owner_id", options=people),
    Field("task.author", _("Task: planned by"), "person", "author_id", options=people),
    Field("task.controller", _("Task: accepted by"), "person", "controller_id", options=people),
    Field("task.due_on", _("Task: due on"), "date", "due_on"),
    Field("task.due_by", _("Task: late from"), "moment", "due_by"),
    Field("task.estimate", _("Task: estimate in minutes"), "number", "estimate", unit=_("minutes")),
    Field("task.template", _("Task: template"), "choice", "template_id", options=templates),
    Field("task.outcome", _("Task: outcome"), "text", "outcome"),
    Field("task.planned_at", _("Task: planned"), "moment", "planned_at"),
    Field("task.closed_at", _("Task: closed"), "moment", "closed_at"),
    Field("task.deal_stage", _("Task: stage of its deal"), "choice", "deal__stage_id", options=stages),
    Field("deal.tasks", _("Deal: tasks"), "list", "deal", of="task"),
    Field("account.tasks", _("Client: tasks"), "list", "account", of="task"),
]

PLANNED = {
    "title": "text", "template": "task_template", "owner": "person", "kind": "task_kind", "due_in": "number",
    "estimate": "number", "description": "text",
}  # fmt: skip


def plan_in_deal(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    deal = Deal.objects.select_related("owner").get(pk=deal_id)
    _plan({"deal": deal}, deal.owner, arguments, **told)


def plan_with_client(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    account = Account.objects.select_related("owner").get(pk=account_id)
    _plan({"account": account}, account.owner, arguments, **told)


MET = {"title": "text", "owner": "person", "due_in": "number", "hour": "text", "minutes": "number"}
NAMED: tuple[str, ...] = ("title", "due_in")
WRITTEN: tuple[dict[str, str], tuple[str, ...]] = ({"text": "text"}, ("text",))
MORNING, AN_HOUR = time(10), 60


def meet_about(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    deal = Deal.objects.select_related("owner").get(pk=deal_id)
    _meet({"deal": deal}, deal.owner, arguments, **told)


def meet_client(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    account = Account.objects.select_related("owner").get(pk=account_id)
    _meet({"account": account}, account.owner, arguments, **told)


def note_in_deal(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    Note.add(arguments.get("text", ""), deal=Deal.objects.get(pk=deal_id), **told)


def note_with_client(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    Note.add(arguments.get("text", ""), account=Account.objects.get(pk=account_id), **told)


def finish(task_id: int, arguments: dict[str, Any], **told: Any) -> None:
    operations.finish_task(_task(task_id), outcome=arguments.get("outcome", ""), **told)


def cancel(task_id: int, arguments: dict[str, Any], **told: Any) -> None:
    operations.cancel_task(_task(task_id), arguments.get("reason", ""), **told)


def reassign(task_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _task(task_id).reassign(User.objects.get(pk=arguments["owner"]), **told)


ACTIONS = [
    Action("task.plan", _("Plan a task in the deal"), "deal", plan_in_deal, "activities.create", PLANNED),
    Action(
        "task.plan_with_client",
        _("Plan a task with the client"),
        "account",
        plan_with_client,
        "activities.create",
        PLANNED,
    ),
    Action(
        "task.finish", _("Mark the task as done"), "task", finish, "activities.change", {"outcome": "text"}
    ),
    Action("task.cancel", _("Cancel the task"), "task", cancel, "activities.change", {"reason": "text"}),
    Action(
        "task.reassign",
        _("Give the task to somebody"),
        "task",
        reassign,
        "activities.assign",
        {"owner": "person"},
        ("owner",),
    ),
    Action(
        "meeting.plan",
        _("Plan a meeting about the deal"),
        "deal",
        meet_about,
        "activities.create",
        MET,
        NAMED,
    ),
    Action(
        "meeting.plan_with_client",
        _("Plan a meeting with the client"),
        "account",
        meet_client,
        "activities.create",
        MET,
        NAMED,
    ),
    Action("note.add", _("Write a note in the deal"), "deal", note_in_deal, "activities.create", *WRITTEN),
    Action(
        "note.add_to_client",
        _("Write a note with the client"),
        "account",
        note_with_client,
        "activities.create",
        *WRITTEN,
    ),
]


def register() -> None:
    offer_subject(*SUBJECTS)
    offer(*FIELDS, *ACTIONS)
    offer_options("task_template", templates)
    offer_options("task_kind", KINDS)


def _plan(
    links: dict[str, Any], owner: Any, said: dict[str, Any], *, by: Any, at: datetime, cause: Any = None
) -> None:
    """For whoever is named, else the record's owner, else whoever acts; due in working days of theirs."""
    owner = User.objects.get(pk=said["owner"]) if said.get("owner") else owner or by
    calendar = calendar_of(owner)
    fields: dict[str, Any] = {}
    if said.get("template"):
        template = TaskTemplate.objects.get(pk=said["template"])
        fields = from_template(template, at=at, zone=owner.time_zone, calendar=calendar)
    fields |= {name: said[name] for name in ("title", "kind", "estimate", "description") if said.get(name)}
    if said.get("due_in") is not None:
        fields["due_on"] = add_working_days(day_there(at, owner.time_zone), int(said["due_in"]), calendar)
    fields.setdefault("kind", TaskKind.TODO)
    Task.plan(**{"title": "", **fields}, **links, owner=owner, by=by, at=at, cause=cause)


def _meet(
    links: dict[str, Any], owner: Any, said: dict[str, Any], *, by: Any, at: datetime, cause: Any = None
) -> None:
    """In so many working days of whoever organises it, at ten in their morning unless another hour is said."""
    owner = User.objects.get(pk=said["owner"]) if said.get("owner") else owner or by
    day = add_working_days(day_there(at, owner.time_zone), int(said["due_in"]), calendar_of(owner))
    hour = _hour(said["hour"]) if said.get("hour") else MORNING
    starts = datetime.combine(day, hour, ZoneInfo(owner.time_zone))
    lasts = timedelta(minutes=int(said.get("minutes") or AN_HOUR))
    when: dict[str, Any] = {"starts_at": starts, "ends_at": starts + lasts}
    Meeting.plan(title=said.get("title", ""), owner=owner, **links, **when, by=by, at=at, cause=cause)


def _hour(text: str) -> time:
    try:
        found = parse_time(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise Refused(gettext("Write the hour as 14:30, not “%(text)s”.") % {"text": text})
    return found


def _task(task_id: int) -> Task:
    return Task.objects.get(pk=task_id)
