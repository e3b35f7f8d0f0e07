"""Tasks in global search: open ones by the words of what is to be done, or ID123."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Task
from activities.queries.due_marks import due_mark
from deals.filters import IDENTITY
from foundation.search import matching
from users import finders
from users.finders import Finder, Hit

CAP = 200
FIELDS = ("pk", "title", "owner__name", "account__name", "due_on", "due_at", "due_by", "closed_at")


def find_tasks(person: Any, query: str, limit: int) -> list[Hit]:
    """Open tasks before closed ones, the latest first, among a few hundred that have every word."""
    visible = Task.objects.visible_to(person)
    one = IDENTITY.fullmatch(query)
    found = visible.filter(pk=int(one[1])) if one else matching(visible, query, cap=CAP)
    is_closed = Q(closed_at__isnull=False)
    first = found.alias(is_closed=is_closed).order_by("is_closed", "-pk").values(*FIELDS)[:limit]
    now = timezone.now()
    return [
        Hit(
            title=row["title"],
            detail=" · ".join(part for part in (row["account__name"], row["owner__name"], _due(row, now)) if part),
            url=reverse("activities:task", args=[row["pk"]]),
            icon="checkbox",
        )
        for row in first
    ]  # fmt: skip


def register() -> None:
    finders.register(Finder("tasks", _("Tasks"), "activities.view", find_tasks, order=40))


def _due(row: dict[str, Any], now: Any) -> str:
    is_open = row["closed_at"] is None
    return due_mark(row["due_on"], row["due_at"], row["due_by"], is_open=is_open, now=now).text
