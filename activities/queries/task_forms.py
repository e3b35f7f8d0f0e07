"""What the forms of tasks begin with and offer."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Account, Contact
from activities import estimates
from activities.chains import from_template
from activities.forms.repeat import reminder_values, repeat_values
from activities.models import Project, Reminder, Task, TaskKind, TaskTemplate
from deals.models import Deal
from deals.queries.chips import Chip
from users.calendars import calendar_of


def first_values(query: Any, person: Any) -> dict[str, Any]:
    """From the address: ?account=&deal=&contact=&owner=&due_on=&due_at=&kind=&title=&parent=&template=&project=.
    What the person does not see, and what cannot be read, is left out."""
    first: dict[str, Any] = {"title": query.get("title", "").replace("\x00", "")[:200], "owner": person.pk}
    first |= _template_values(query, person)
    first |= _links(query, person)
    if query.get("kind") in TaskKind.values:
        first["kind"] = query["kind"]
    if key := _key(query, "owner"):
        first["owner"] = key
    first |= _due(query)
    return first


def templates_offered(query: Any) -> list[Chip]:
    """Work the company does again and again; one tap fills the form."""
    chosen = query.get("template")
    made = []
    for key, name in TaskTemplate.objects.filter(is_retired=False).values_list("pk", "name")[:12]:
        said = query.copy()
        said["template"] = str(key)
        made.append(Chip(name, "", f"?{said.urlencode()}", str(key) == chosen))
    return made


def values_of(task: Task, person: Any) -> dict[str, Any]:
    """A task as its form shows it; the time by the person's clock."""
    local = timezone.localtime(task.due_at) if task.due_at else None
    minutes = Reminder.objects.filter(task=task, person=person).order_by("minutes")
    names = ("title", "kind", "priority", "estimate", "starts_on", "description", "version")
    return {
        **{name: getattr(task, name) for name in names},
        "controller": task.controller_id,
        "client": task.account.name if task.account else "",
        "account": task.account_id,
        "contact": task.contact_id,
        "project": task.project_id,
        "deal": task.deal_id,
        "due_on": task.due_on or (local.date() if local else None),
        "due_time": local.time() if local else None,
        **repeat_values(task.repeat, task.repeats_from),
        **reminder_values(list(minutes.values_list("minutes", flat=True)) if task.is_open else []),
    }


def _links(query: Any, person: Any) -> dict[str, Any]:
    first: dict[str, Any] = {}
    account: Account | None = None
    project = _found(Project.objects.select_related("account"), query, "project", person)
    if project is not None and settings.PROJECTS_ENABLED:
        account = project.account
        first |= {"project": project.pk, "deal": project.deal_id, "contact": project.contact_id}
    parent = _found(Task.objects.select_related("account"), query, "parent", person)
    if parent is not None:
        account = parent.account
        first |= {"parent": parent.pk, "deal": parent.deal_id, "contact": parent.contact_id}
        first |= {"project": parent.project_id} if parent.project_id else {}
    for name, records in (("deal", Deal.objects), ("contact", Contact.objects)):
        beside = _found(records.select_related("account"), query, name, person)
        if beside is not None:
            first[name], account = beside.pk, beside.account or account
    account = _found(Account.objects.all(), query, "account", person) or account
    return first | {"account": account.pk, "client": account.name} if account is not None else first


def _template_values(query: Any, person: Any) -> dict[str, Any]:
    key = _key(query, "template")
    template = TaskTemplate.objects.filter(pk=key, is_retired=False).first() if key else None
    if template is None:
        return {}
    now, zone = timezone.now(), person.time_zone
    said = from_template(template, at=now, zone=zone, calendar=calendar_of(person))
    said["estimate"] = estimates.in_words(said["estimate"])
    return said | {"template": template.pk, "checklist": "\n".join(said["checklist"])}


def _due(query: Any) -> dict[str, Any]:
    try:
        day: date | None = parse_date(query.get("due_on", ""))
        moment = parse_datetime(query.get("due_at", ""))
    except ValueError:
        return {}
    if moment is not None:
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        return {"due_on": local.date(), "due_time": local.time()}
    return {"due_on": day} if day else {}


def _found(records: Any, query: Any, name: str, person: Any) -> Any:
    key = _key(query, name)
    return records.visible_to(person).filter(pk=key).first() if key else None


def _key(query: Any, name: str) -> int | None:
    said = query.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
