"""What a person holds in processes goes to whoever takes over: those they answer for, and the steps that wait."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from processes import operations, working
from processes.models import Process, WorkItem
from users import handing_over
from users.handing_over import Kind, Mention
from users.models import User


def register() -> None:
    handing_over.register(
        Kind(
            record="process",
            words=_("Processes to answer for"),
            records=lambda _at: Process.objects.exclude(status="off"),
            give=_give_processes,
            title="name",
            right="processes.design",
            order=60,
        )
    )
    handing_over.mention(
        Mention(key="process_work", words=_("Steps of processes that wait"), names=_waiting, order=61)
    )


def _give_processes(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    people = User.objects.in_bulk(set(owners.values()))
    for process in Process.objects.filter(pk__in=owners).order_by("pk"):
        operations.edit(process, revision=None, owner=people[owners[process.pk]], by=by, at=at)
    return {}


def _waiting(person_id: int) -> list[str]:
    open_work = WorkItem.objects.filter(state="open", assignee=person_id).order_by("due_at", "pk")
    return list(open_work.values_list("name", flat=True)[: working.MOST_NAMED])
