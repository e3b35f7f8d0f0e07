"""What happens around a deadline: a warning, a reminder, the head is told, somebody else gets it."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from processes.graph.model import Node
from processes.models import Job, WorkItem
from processes.notices import tell_of_deadline
from processes.running import people
from processes.running.doing import Doing
from users.heads import heads_of


def come(doing: Doing, job: Job, node: Node) -> None:
    """Carry out one moment of a deadline; the token stays where it is."""
    do = "warn" if job.kind == Job.Kind.WARN else job.data.get("do", "remind")
    work = list(
        WorkItem.objects.filter(run=doing.run, token=job.token or 0, state="open").select_related("assignee")
    )
    due = parse_datetime(job.data.get("due") or "")
    if do == "give":
        _give(doing, work, job.data.get("to") or {"kind": "head"})
    elif do == "escalate":
        tell_of_deadline("process.escalated", _above(doing, work), doing.run, node.name, due, at=doing.at)
    elif do == "remind":
        tell_of_deadline("process.late", _with(doing, work), doing.run, node.name, due, at=doing.at)
    elif do == "warn":
        tell_of_deadline("process.due", _with(doing, work), doing.run, node.name, due, at=doing.at)
    what = {"note": "late", "warn": "warned", "remind": "reminded", "escalate": "escalated", "give": "given"}[
        do
    ]
    doing.changes.log.append({"node": node.key, "what": what, "note": "", "seconds": None})


def _with(doing: Doing, work: list[WorkItem]) -> list[int]:
    """Who has it; for a stage, where nobody does, whoever owns the record."""
    if not work:
        return [
            holder.person.pk
            for holder in people.holders({"kind": "owner"}, doing.around, doing.at)
            if holder.person
        ]
    return [key for item in work for key in people.people_told(item.role, item.assignee_id)]


def _above(doing: Doing, work: list[WorkItem]) -> list[int]:
    """The heads of who has it; of a role's people; without any, whoever is responsible for the process."""
    from users.models import User

    below = list(User.objects.filter(pk__in=_with(doing, work)))
    heads = {key for key in heads_of(below).values() if key}
    return sorted(heads) or [key for key in (doing.around.responsible,) if key]


def _give(doing: Doing, work: list[WorkItem], who: dict[str, Any]) -> None:
    """To somebody else; the deadline stays what it was."""
    if who.get("kind") in people.BY_LOAD:
        doing.settle()
    holder = people.holders(who, doing.around, doing.at)[0]
    for item in work:
        item.assignee, item.role = holder.person, holder.role
        item.instead_of_id, item.is_told = holder.instead_of, False
        item.save(update_fields=["assignee", "role", "instead_of", "is_told"])


def as_moment(text: str) -> datetime | None:
    return parse_datetime(text)
