"""Open tasks, with those that repeat, planned meetings and projects go to whoever takes over."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.giving import give_tasks
from activities.models import Meeting, Project, Task
from foundation.errors import Refused
from users import handing_over
from users.handing_over import Give, Kind, Mention
from users.models import User

MOST_NAMED = 20


def register() -> None:
    handing_over.register(
        Kind(
            record="task",
            words=_("Open tasks"),
            records=lambda _at: Task.objects.open(),
            give=give_tasks,
            client="account_id",
            team="team_ids",
            right="activities.assign",
            link=lambda person: f"{reverse('activities:tasks')}?owner={person}",
            order=30,
        )
    )
    handing_over.register(
        Kind(
            record="meeting",
            words=_("Planned meetings"),
            records=planned_meetings,
            give=one_by_one(Meeting, lambda meeting, owner, **told: meeting.give(owner, **told)),
            client="account_id",
            team="team_ids",
            right="activities.change",
            link=lambda person: f"{reverse('activities:calendar')}?person={person}",
            order=40,
        )
    )
    handing_over.register(
        Kind(
            record="project",
            words=_("Open projects"),
            records=lambda _at: Project.objects.open(),
            give=one_by_one(Project, lambda project, owner, **told: project.change({"owner": owner}, **told)),
            client="account_id",
            team="team_ids",
            right="activities.change",
            order=50,
        )
    )
    handing_over.mention(
        Mention(key="repeat", words=_("Tasks that repeat"), names=_repeating, goes_along=True, order=30)
    )
    handing_over.mention(
        Mention(key="control", words=_("Accepts the work of others"), names=_to_accept, order=40)
    )


def planned_meetings(at: datetime) -> Any:
    """Those that are to take place, once more at least."""
    ahead = Q(ends_at__gt=at) | ~Q(repeat="")
    return Meeting.objects.filter(ahead, state="planned")


def one_by_one(model: Any, give: Callable[..., None]) -> Give:
    """For records a person has few of: by the verb of each."""

    def give_each(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
        people = User.objects.in_bulk(set(owners.values()))
        refused = {}
        for record in model.objects.filter(pk__in=owners).order_by("pk"):
            try:
                with transaction.atomic():
                    give(record, people[owners[record.pk]], by=by, at=at)
            except Refused as refusal:
                refused[record.pk] = refusal.message
        return refused

    return give_each


def _repeating(person_id: int) -> list[str]:
    return _titles(Task.objects.open().filter(owner=person_id).exclude(repeat=""))


def _to_accept(person_id: int) -> list[str]:
    return _titles(Task.objects.open().filter(controller=person_id))


def _titles(tasks: Any) -> list[str]:
    return list(tasks.order_by("due_by", "pk").values_list("title", flat=True)[:MOST_NAMED])
