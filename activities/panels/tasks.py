"""What is planned with a client or in a deal, on their pages, and the way to plan more."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Task
from activities.queries.due_marks import due_mark
from activities.queries.tasks import KIND_ICONS
from foundation import panels
from foundation.panels import Panel

MOST = 6
FIELDS = ("pk", "title", "kind", "due_on", "due_at", "due_by", "owner__name")


def planned_with_client(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return _planned(request, "account", account.pk)


def planned_in_deal(request: HttpRequest, deal: Any) -> tuple[str, dict[str, Any]]:
    return _planned(request, "deal", deal.pk)


def new_task(request: HttpRequest, account: Any) -> tuple[str, dict[str, Any]]:
    return "activities/task_panel_action.html", {"new_url": _new_url("account", account.pk)}


def register() -> None:
    see, create = "activities.view", "activities.create"
    panels.register(Panel("account.card", "planned", _("Planned"), planned_with_client, see, order=5))
    panels.register(Panel("account.actions", "new_task", _("New task"), new_task, create, order=5))
    panels.register(Panel("deal.page", "planned", _("Planned"), planned_in_deal, see, order=5))


def _planned(request: HttpRequest, name: str, key: int) -> tuple[str, dict[str, Any]]:
    """The next open tasks the person sees, in one statement; meetings have a panel of their own."""
    person: Any = request.user
    now = timezone.now()
    found = Task.objects.visible_to(person).open().filter(**{name: key}).order_by("due_by", "pk")
    tasks = list(found.values(*FIELDS)[: MOST + 1])
    root = reverse("activities:tasks")
    return "activities/task_panel.html", {
        "tasks": [
            {
                "pk": row["pk"],
                "title": row["title"],
                "url": f"{root}{row['pk']}/",
                "icon": KIND_ICONS[row["kind"]],
                "owner": row["owner__name"],
                "due": due_mark(row["due_on"], row["due_at"], row["due_by"], is_open=True, now=now),
            }
            for row in tasks[:MOST]
        ],
        "all_url": f"{root}?{name}={key}" if len(tasks) > MOST else "",
        "new_url": _new_url(name, key) if person.may("activities.create") else "",
        "may_change": person.may("activities.change"),
    }


def _new_url(name: str, key: int) -> str:
    return f"{reverse('activities:task_create')}?{urlencode({name: key})}"
