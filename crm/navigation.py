"""The rail: which doors a person is shown."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Door:
    key: str
    title: Any
    url_name: str
    icon: str
    verb: str
    switch: str = ""  # the setting it is there with


DOORS = [
    Door("my_day", _("My day"), "activities:my_day", "sun", "activities.view"),
    Door("tasks", _("Tasks"), "activities:tasks", "checkbox", "activities.view"),
    Door("deals", _("Deals"), "deals:board", "layout-kanban", "deals.view"),
    Door(
        "projects", _("Projects"), "activities:projects", "briefcase", "activities.view", "PROJECTS_ENABLED"
    ),
    Door("calendar", _("Calendar"), "activities:calendar", "calendar", "activities.view"),
    Door("register", _("Register"), "activities:register", "list-details", "activities.view"),
    Door("planner", _("Planner"), "activities:planner", "users-group", "activities.plan"),
    Door("processes", _("Processes"), "processes:list", "git-branch", "processes.work"),
    Door("clients", _("Clients"), "accounts:list", "building", "accounts.view"),
    Door("contacts", _("Contacts"), "accounts:contacts", "address-book", "accounts.view"),
    Door("invoices", _("Invoices"), "billing:list", "file-invoice", "billing.view"),
    Door("products", _("Products"), "catalog:products", "package", "catalog.view"),
    Door("funnel", _("Funnel"), "reports:funnel", "filter", "reports.view"),
    Door("reports", _("Reports"), "reports:catalogue", "chart-bar", "reports.view"),
    Door("import", _("Import"), "integrations:import_start", "file-import", "integrations.import"),
    Door("hand_overs", _("Hand-overs"), "accounts:hand_overs", "user-share", "users.hand_over"),
    Door("distribution", _("Distribution"), "distribution:queue", "arrows-split-2", "distribution.run"),
    Door("changes", _("Changes"), "changes:list", "history", "changes.bulk_edit"),
    Door("trash", _("Trash"), "changes:trash", "trash", "accounts.delete"),
    Door("admin", _("Administration"), "admin:index", "settings", "admin.configure"),
]

# Pages whose door has another address.
ROOMS = {
    "/deals/": "deals:board",
    "/meetings/": "activities:calendar",
    "/absences/": "activities:calendar",
    "/calls/": "activities:register",
    "/notes/": "activities:register",
    "/messages/": "activities:register",
}

CREATIONS = [
    Door("client", _("Client"), "accounts:create", "building", "accounts.create"),
    Door("deal", _("Deal"), "deals:create", "layout-kanban", "deals.create"),
    Door("invoice", _("Invoice"), "billing:new", "file-invoice", "billing.create"),
    Door("task", _("Task"), "activities:task_create", "checkbox", "activities.create"),
    Door("meeting", _("Meeting"), "activities:meeting_create", "calendar-plus", "activities.create"),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for templates/base.html: the person and the doors open to them."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"navigation": [], "creations": [], "person": None, "may_add": False, "doors_key": ""}
    doors = [(door, reverse(door.url_name)) for door in DOORS if person.may(door.verb) and is_there(door)]
    opened = [request.path, *(reverse(url) for path, url in ROOMS.items() if request.path.startswith(path))]
    current = max(
        (url for _door, url in doors for path in opened if path.startswith(url)), key=len, default=None
    )
    items = [
        {"key": door.key, "title": door.title, "url": url, "icon": door.icon, "is_current": url == current}
        for door, url in doors
    ]
    creations = [
        {"title": door.title, "url": reverse(door.url_name), "icon": door.icon}
        for door in CREATIONS
        if person.may(door.verb)
    ]
    may_add = person.may("activities.create")
    return {
        "navigation": items,
        "creations": creations,
        "person": person,
        "may_add": may_add,
        "doors_key": " ".join([*(door.key for door, _url in doors), *(each["url"] for each in creations)]),
        "current_door": current or "",
        "is_rail_narrow": request.COOKIES.get("rail") == "narrow",
    }


def is_there(door: Door) -> bool:
    return not door.switch or getattr(settings, door.switch)
