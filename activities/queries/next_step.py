"""What comes next with a client or a deal, in words: what a person gets back for logging something."""

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from activities.models import Task


def next_step_of(about: Any, person: Any) -> tuple[str, str]:
    """(“Next step: …”, the address to plan one where there is none). One statement, none where it is about nobody."""
    links = {
        name: getattr(about, f"{name}_id") for name in ("deal", "account") if getattr(about, f"{name}_id")
    }
    if not links:
        return "", ""
    name, key = next(iter(links.items()))
    waiting = Task.objects.visible_to(person).open().filter(**{f"{name}_id": key})
    task = waiting.order_by("due_by", "pk").values("title", "due_on", "due_at").first()
    if task is None:
        return _("Nothing is planned next."), _planning(links)
    day = task["due_on"] or (task["due_at"] and timezone.localdate(task["due_at"]))
    said = {"title": task["title"], "day": formats.date_format(day, _("j M")) if day else ""}
    return (_("Next step: %(title)s, %(day)s") if day else _("Next step: %(title)s")) % said, ""


def _planning(links: dict[str, int]) -> str:
    try:
        return f"{reverse('activities:task_create')}?{urlencode(links)}"
    except NoReverseMatch:
        return ""
