"""The files of a task and of a meeting, on their pages."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models import Attachment
from foundation import panels
from foundation.panels import Panel

MOST = 20


def of_task(request: HttpRequest, task: Any) -> tuple[str, dict[str, Any]]:
    return _files(request, "task", task.pk)


def of_meeting(request: HttpRequest, meeting: Any) -> tuple[str, dict[str, Any]]:
    return _files(request, "meeting", meeting.pk)


def register() -> None:
    right = "activities.view"
    panels.register(Panel("task.page", "files", _("Files"), of_task, right, order=20))
    panels.register(Panel("meeting.page", "files", _("Files"), of_meeting, right, order=20))


def _files(request: HttpRequest, name: str, key: int) -> tuple[str, dict[str, Any]]:
    """The latest files, in one statement."""
    person: Any = request.user
    found = Attachment.objects.visible_to(person).filter(**{name: key}).order_by("-at", "-pk")
    said = urlencode({name: key, "next": request.get_full_path()})
    files = list(found.select_related("author").only("name", "size", "at", "author__name")[:MOST])
    reach = person.reach("activities.change")
    return "activities/files_panel.html", {
        "files": [(file, reach.covers_person(file.author_id)) for file in files],
        "back_url": request.get_full_path(),
        "add_url": f"{reverse('activities:file_add')}?{said}" if person.may("activities.create") else "",
    }
