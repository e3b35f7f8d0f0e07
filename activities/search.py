"""Tasks and files in global search, what can be done with a row of it, and commands about work."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Attachment, Task
from activities.queries.due_marks import due_mark
from deals.filters import IDENTITY
from foundation.search import matching
from users import finders
from users.commands import A_CLIENT, A_LINE, Command
from users.commands import register as register_commands
from users.finders import Finder, Hit, RowAction

CAP = 200
FIELDS = ("pk", "title", "owner__name", "account__name", "due_on", "due_at", "due_by", "closed_at")


def find_tasks(person: Any, query: str, limit: int) -> list[Hit]:
    """Open tasks before closed ones, the latest first, among a few hundred that have every word."""
    visible = Task.objects.visible_to(person)
    one = IDENTITY.fullmatch(query)
    found = visible.filter(pk=int(one[1])) if one else matching(visible, query, cap=CAP)
    is_closed = Q(closed_at__isnull=False)
    first = found.alias(is_closed=is_closed).order_by("is_closed", "-pk").values(*FIELDS)[:limit]
    return _tasks(first)


def tasks_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    return _tasks(Task.objects.visible_to(person).filter(pk__in=keys).order_by("pk").values(*FIELDS))


def find_files(person: Any, query: str, limit: int) -> list[Hit]:
    """By name, the latest first. Numbers alone and addresses are no names of files, so they ask nothing here."""
    if "@" in query or not any(sign.isalpha() for sign in query) or IDENTITY.fullmatch(query):
        return []
    return _files(matching(Attachment.objects.visible_to(person), query, cap=CAP).order_by("-pk"))[:limit]


def files_named(person: Any, keys: Sequence[int]) -> list[Hit]:
    return _files(Attachment.objects.visible_to(person).filter(pk__in=keys).order_by("pk"))


def _tasks(rows: Any) -> list[Hit]:
    now = timezone.now()
    return [
        Hit(
            title=row["title"],
            detail=" · ".join(
                part for part in (row["account__name"], row["owner__name"], _due(row, now)) if part
            ),
            url=reverse("activities:task", args=[row["pk"]]),
            icon="checkbox",
            key=row["pk"],
        )
        for row in rows
    ]


def _files(found: Any) -> list[Hit]:
    about = Coalesce("deal__title", "account__name")
    rows = found.values("pk", "name", author_name=F("author__name"), about=about)[:CAP]
    return [
        Hit(
            title=row["name"],
            detail=" · ".join(part for part in (row["about"], row["author_name"]) if part),
            url=reverse("activities:file", args=[row["pk"]]),
            icon="paperclip",
            key=row["pk"],
        )
        for row in rows
    ]


def commands() -> list[Command]:
    add, see = "activities.create", "activities.view"
    meeting, call, note = "activities:meeting_create", "activities:call_log", "activities:note_add"
    return [
        Command("new_task", _("New task"), "checkbox", "activities:quick_add", add, _("add quick"), takes=A_LINE,
                parameter="line", is_dialog=True),
        Command("new_meeting", _("New meeting"), "calendar-plus", meeting, add, _("add plan"), A_CLIENT, "account"),
        Command("log_call", _("Log a call"), "phone", call, add, _("call"), A_CLIENT, "account", is_dialog=True),
        Command("new_note", _("New note"), "note", note, add, _("add write"), A_CLIENT, "account", is_dialog=True),
        Command("focus", _("One task at a time"), "focus-2", "activities:focus", see, _("focus")),
        Command("team_day", _("My team's day"), "users", "activities:team_day", see),
        Command("absences", _("Absences"), "beach", "activities:absences", see, _("holiday leave")),
        Command("calendar_feed", _("Calendar in another program"), "rss", "activities:feed_settings", see),
    ]  # fmt: skip


def _actions() -> list[RowAction]:
    people, add = ("account", "contact", "deal"), "activities.create"
    return [
        RowAction(_("Log a call"), "phone", add, "activities:call_log", people, order=10),
        RowAction(_("New task"), "checkbox", add, "activities:task_create", people, order=20),
        RowAction(_("Note"), "note", add, "activities:note_add", people, order=40),
        RowAction(_("Done"), "check", "activities.change", "activities:task_finish", ("task",), in_path=True, order=10),
        RowAction(_("Put off"), "clock-pause", "activities.change", "activities:task_snooze", ("task",), in_path=True,
                  order=20),
    ]  # fmt: skip


def register() -> None:
    see = "activities.view"
    finders.register(
        Finder(
            "tasks",
            _("Tasks"),
            see,
            find_tasks,
            40,
            page="activities:task",
            subject="task",
            named=tasks_named,
        )
    )
    finders.register(Finder("files", _("Files"), see, find_files, 45, named=files_named))
    for action in _actions():
        finders.register_action(action)
    register_commands(commands)


def _due(row: dict[str, Any], now: Any) -> str:
    is_open = row["closed_at"] is None
    return due_mark(row["due_on"], row["due_at"], row["due_by"], is_open=is_open, now=now).text
