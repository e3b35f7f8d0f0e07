"""Moments, holders and steps as a person reads them: the same words on every page of processes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processes.graph.model import Kind, Node
from processes.models import RunStatus, Status
from users.dates import day_text
from users.models import Role

SHOWN = frozenset(
    {Kind.TASK, Kind.APPROVAL, Kind.ACTION, Kind.WAIT, Kind.CALL, Kind.CHOICE, Kind.SCOPE, Kind.EACH}
)
KIND_WORDS = {
    Kind.TASK: gettext_lazy("task"), Kind.APPROVAL: gettext_lazy("approval"), Kind.ACTION: gettext_lazy("by itself"),
    Kind.WAIT: gettext_lazy("wait"), Kind.CALL: gettext_lazy("another process"), Kind.CHOICE: gettext_lazy("choice"),
    Kind.SCOPE: gettext_lazy("stage"), Kind.EACH: gettext_lazy("repeated"), Kind.JOIN: gettext_lazy("meeting of ways"),
}  # fmt: skip
KIND_ICONS = {
    Kind.TASK: "checkbox", Kind.APPROVAL: "thumb-up", Kind.ACTION: "bolt", Kind.WAIT: "hourglass",
    Kind.CALL: "sitemap", Kind.CHOICE: "arrows-split", Kind.SCOPE: "route", Kind.EACH: "repeat",
}  # fmt: skip
STATUS_TAGS = {Status.DRAFT: "", Status.ON: "tag-good", Status.PAUSED: "tag-warn", Status.OFF: ""}
RUN_TAGS = {RunStatus.ACTIVE: "tag-info", RunStatus.ENDED: "tag-good", RunStatus.CANCELLED: ""}
SIDES = {"us": gettext_lazy("on our side"), "client": gettext_lazy("on the client's side")}


class Mark(NamedTuple):
    """When something is due: shape and words carry it, colour only helps."""

    css: str
    icon: str
    text: str


def due_mark(due_at: datetime | None, now: datetime) -> Mark | None:
    """None where there is no deadline."""
    if due_at is None:
        return None
    text = moment_text(due_at)
    if due_at <= now:
        return Mark("step step-late", "ti ti-alert-circle", _("Late: %(day)s") % {"day": text})
    is_today = timezone.localdate(due_at) == timezone.localdate(now)
    css, icon = ("step step-today", "clock") if is_today else ("step step-planned", "circle-check")
    return Mark(css, f"ti ti-{icon}", _("Due %(day)s") % {"day": text})


def moment_text(moment: datetime | None) -> str:
    """“today 15:00”, “Mar 4 09:30”, by the reader's clock."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{day_text(local.date(), timezone.localdate())} {formats.time_format(local, 'H:i')}"


def lasted(took: timedelta | int | None) -> str:
    """“3 minutes”, “5 hours”, “12 days”: the largest unit of which there is at least two, or one minute."""
    if took is None:
        return ""
    minutes = int((took if isinstance(took, timedelta) else timedelta(seconds=took)).total_seconds()) // 60
    if minutes < 1:
        return _("less than a minute")
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if (hours := minutes // 60) < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def step_title(node: Node | None) -> str:
    """Its name, else what kind of step it is."""
    if node is None:
        return _("a step that is no longer there")
    return node.name or str(KIND_WORDS.get(node.kind, node.kind)).capitalize()


def role_names(keys: Iterable[str]) -> dict[str, str]:
    """No statement where no role is asked for."""
    wanted = {key for key in keys if key}
    return dict(Role.objects.filter(key__in=wanted).values_list("key", "name")) if wanted else {}


def holder_text(name: str | None, role: str, roles: dict[str, str]) -> str:
    """Whom it waits for: a person, or anybody of a role."""
    return name or _("anybody of “%(role)s”") % {"role": roles.get(role, role)}


def outcome_text(outcome: Any) -> str:
    words = {"approved": _("approved"), "declined": _("declined"), "returned": _("returned")}
    return words.get(outcome, _("done"))
