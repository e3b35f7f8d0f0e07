"""What waits for a person: fifty rows ready to be shown, late first, and what the list can be narrowed to."""

from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation.keyset import Page, keyset_page
from processes.models import WorkItem
from processes.queries import subjects, words
from processes.querysets import is_seen

SIZE = 50
MOST_PROCESSES = 12
FIELDS = (
    "pk", "name", "kind", "assignee", "role", "side", "opened_at", "due_at", "subject_kind", "subject_id", "is_seen",
    "run__title", "run__process__name", "instead_of__name",
)  # fmt: skip
CHIPS = [("mine", _("Mine"), "user"), ("roles", _("My roles"), "users"), ("late", _("Late"), "alert-circle")]
ONE_OF = {"mine": "roles", "roles": "mine"}


class Row(NamedTuple):
    """A row as text; the template unpacks it."""

    pk: int
    url: str
    name: str
    icon: str
    about: str
    about_kind: str
    about_url: str
    process: str
    due: words.Mark | None
    since: str
    side: str
    is_clients: bool
    holder: str


class Chip(NamedTuple):
    title: Any
    icon: str
    url: str
    is_on: bool


def narrowed(person: Any, said: Any, now: datetime) -> Any:
    """The person's open work as the address asks for it; what it does not understand narrows nothing."""
    work = WorkItem.objects.for_person(person)
    if said.get("mine"):
        work = work.filter(assignee=person.pk)
    elif said.get("roles"):
        work = work.filter(assignee=None)
    if said.get("late"):
        work = work.filter(due_at__lte=now)
    if (process := _key(said.get("process"))) is not None:
        work = work.filter(run__process=process)
    return work


def list_page(work: Any, person: Any, cursor: str | None, now: datetime) -> Page:
    """What has a deadline comes first, the latest of all on top; records the person sees are linked. Two or three
    statements a page."""
    seen = work.annotate(is_seen=is_seen(person))
    page = keyset_page(seen.values(*FIELDS), order=("due_at", "pk"), cursor=cursor, size=SIZE)
    roles = words.role_names(row["role"] for row in page.rows if row["assignee"] is None)
    labels = subjects.labels()
    return page._replace(rows=[_row(row, roles, labels, now) for row in page.rows])


def chips(person: Any, query: Any) -> list[Chip]:
    """Toggles; of the processes, those in which something waits for the person. One statement."""
    made = []
    for name, title, icon in CHIPS:
        is_on = bool(query.get(name))
        made.append(Chip(title, icon, _asked(query, name, "" if is_on else "1", ONE_OF.get(name, "")), is_on))
    waiting = WorkItem.objects.for_person(person).order_by("run__process__name", "run__process")
    names = waiting.values_list("run__process", "run__process__name").distinct()[:MOST_PROCESSES]
    for key, process in names:
        is_on = query.get("process") == str(key)
        made.append(Chip(process, "git-branch", _asked(query, "process", "" if is_on else str(key)), is_on))
    return made


def links(query: Any, page: Page) -> dict[str, str]:
    """Query strings of the pages beside this one; empty where there is none."""
    found = {}
    for name in ("previous", "next"):
        said = query.copy()
        if cursor := getattr(page, name):
            said["cursor"] = cursor
        found[name] = said.urlencode() if cursor else ""
    return found


def _asked(query: Any, name: str, value: str, without: str = "") -> str:
    said = query.copy()
    for each in ("cursor", name, without):
        said.pop(each, None)
    if value:
        said[name] = value
    return f"?{said.urlencode()}"


def _row(row: dict[str, Any], roles: dict[str, str], labels: dict[str, str], now: datetime) -> Row:
    is_mine = row["assignee"] is not None
    return Row(
        pk=row["pk"],
        url=reverse("processes:work", args=[row["pk"]]),
        name=row["name"],
        icon="thumb-up" if row["kind"] == "approval" else "checkbox",
        about=row["run__title"],
        about_kind=labels.get(row["subject_kind"], ""),
        about_url=subjects.way_to(row["subject_kind"], row["subject_id"]) if row["is_seen"] else "",
        process=row["run__process__name"],
        due=words.due_mark(row["due_at"], now),
        since=words.lasted(now - row["opened_at"]),
        side=str(words.SIDES[row["side"]]),
        is_clients=row["side"] == "client",
        holder=_instead(row["instead_of__name"]) if is_mine else words.holder_text(None, row["role"], roles),
    )


def _instead(name: str | None) -> str:
    return str(_("me, instead of %(name)s") % {"name": name}) if name else str(_("me"))


def _key(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 19 else None
