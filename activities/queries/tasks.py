"""The list of tasks: fifty rows of text, and the names of what was chosen."""

from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from activities.models import Priority, TaskKind, TaskState
from activities.queries.due_marks import due_mark, moment_text
from deals.models import Deal
from deals.queries.chips import Chip
from foundation.keyset import Page, keyset_page
from users.models import User

SIZE = 50
FIELDS = (
    "pk", "title", "kind", "priority", "state", "due_on", "due_at", "due_by", "snoozed_until", "closed_at", "repeat",
    "owner__name", "account_id", "account__name", "deal_id", "deal__title",
)  # fmt: skip
# Every order has its index.
ORDERS = {"due": ("due_by", "pk"), "-new": ("-pk",), "-closed": ("-closed_at", "-pk")}
KIND_ICONS = {
    TaskKind.TODO: "checkbox", TaskKind.CALL: "phone", TaskKind.MAIL: "mail", TaskKind.VISIT: "map-pin",
    TaskKind.DOCUMENT: "file-text",
}  # fmt: skip
STATE_TAGS = {
    TaskState.NEW: "", TaskState.STARTED: "tag-info", TaskState.WAITING: "", TaskState.REVIEW: "tag-warn",
    TaskState.DONE: "tag-good", TaskState.CANCELLED: "",
}  # fmt: skip
CHIPS = [
    ("mine", _("Mine"), "user"),
    ("team", _("My team"), "users"),
    ("overdue", _("Overdue"), "alert-circle"),
    ("today", _("Today"), "clock"),
    ("week", _("This week"), "calendar-week"),
    ("no_due", _("No due day"), "circle-dashed"),
    ("handed_in", _("Handed in to me"), "eye-check"),
    ("given", _("Given to others"), "user-share"),
    ("done", _("Done"), "circle-check"),
]
# One question at a time about when and in which state; whose tasks they are is asked beside it.
ONE_OF = {"overdue", "today", "week", "no_due", "done", "handed_in"}


class Row(NamedTuple):
    """A row as text; the template unpacks it."""

    pk: int
    title: str
    url: str
    kind_icon: str
    is_high: bool
    repeats: bool
    about: str
    about_url: str
    due_css: str
    due_icon: str
    due: str
    state: str
    state_css: str
    owner: str
    is_open: bool


def list_page(tasks: Any, order: str, cursor: str | None) -> Page:
    """A page of rows ready to be shown; one statement, two where empty values begin."""
    page = keyset_page(tasks.values(*FIELDS), order=ORDERS[order], cursor=cursor, size=SIZE)
    return page._replace(rows=rows_of(page.rows, timezone.now()))


def rows_of(found: Any, now: datetime) -> list[Row]:
    roots = reverse("activities:tasks"), reverse("accounts:list"), reverse("deals:list")
    states = {state.value: str(state.label) for state in TaskState}
    return [_row(row, roots, states, now) for row in found]


def _row(row: dict[str, Any], roots: tuple[str, str, str], states: dict[str, str], now: datetime) -> Row:
    tasks, clients, deals = roots
    is_open = row["closed_at"] is None
    mark = due_mark(row["due_on"], row["due_at"], row["due_by"], is_open=is_open, now=now)
    state = "" if row["state"] == TaskState.NEW else states[row["state"]]
    if is_open and row["snoozed_until"] and row["snoozed_until"] > now:
        state = _("put off until %(moment)s") % {"moment": moment_text(row["snoozed_until"])}
    is_deal = row["deal_id"] is not None
    return Row(
        pk=row["pk"],
        title=row["title"],
        url=f"{tasks}{row['pk']}/",
        kind_icon=KIND_ICONS[row["kind"]],
        is_high=row["priority"] == Priority.HIGH,
        repeats=bool(row["repeat"]),
        about=(row["deal__title"] if is_deal else row["account__name"]) or "",
        about_url=f"{deals}{row['deal_id']}/" if is_deal else f"{clients}{row['account_id']}/",
        due_css=mark.css,
        due_icon=mark.icon,
        due=mark.text,
        state=state,
        state_css=f"tag {STATE_TAGS[row['state']]}",
        owner=row["owner__name"],
        is_open=is_open,
    )


def chips(query: Any) -> list[Chip]:
    """Toggles of the usual questions; those about when and in which state take one another's place."""
    made = []
    for name, title, icon in CHIPS:
        is_on = query.get(name) in {"1", "true", "True"}
        others = ONE_OF - {name} if name in ONE_OF and not is_on else set()
        said = {} if is_on else {name: "1"}
        made.append(Chip(title, icon, asked_again(query, name, *others, **said), is_on))
    return made


def asked_again(query: Any, *without: str, **said: str) -> str:
    """The question with other words, from its first page."""
    query = query.copy()
    for name in ("cursor", "sort", *without):
        query.pop(name, None)
    for name, value in said.items():
        query[name] = value
    return f"?{query.urlencode()}"


def removable(filterset: Any) -> list[Chip]:
    """What was chosen and no chip says: taken away with one tap. A statement for each kind of record named."""
    said, person = filterset.said, filterset.request.user
    visible = {
        "owner": (User.objects.visible_to(person), "name"),
        "account": (Account.objects.visible_to(person), "name"),
        "deal": (Deal.objects.visible_to(person), "title"),
        "contact": (Contact.objects.visible_to(person), "name"),
    }
    labels = {"kind": dict(TaskKind.choices), "priority": {str(key): name for key, name in Priority.choices}}
    found = []
    for name in (*visible, *labels):
        if name not in said:
            continue
        if name in labels:
            names = [str(labels[name][key]) for key in said[name]]
        else:
            records, title = visible[name]
            names = list(records.filter(pk__in=said[name]).order_by().values_list(title, flat=True)[:5])
        text = f"{filterset.form.fields[name].label}: {', '.join(names) or '?'}"
        found.append(Chip(text, "x", asked_again(filterset.data, name), True))
    return found
