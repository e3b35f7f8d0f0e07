"""When something is due, as a person reads it: the same words on lists, cards and pages."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from deals.queries.words import day_text

ICONS = {
    "none": "circle-dashed", "late": "alert-circle", "today": "clock", "planned": "circle-check", "closed": "check"
}  # fmt: skip
CSS = {
    "none": "step", "late": "step step-late", "today": "step step-today", "planned": "step step-planned",
    "closed": "step",
}  # fmt: skip


class DueMark(NamedTuple):
    """`state` is none, late, today, planned or closed; shape and words carry it, colour only helps."""

    state: str
    css: str
    icon: str
    text: str


def due_mark(
    due_on: date | None, due_at: datetime | None, due_by: datetime | None, *, is_open: bool, now: datetime
) -> DueMark:
    today = timezone.localdate(now)
    text = due_text(due_on, due_at, today)
    if not is_open:
        return _mark("closed", text)
    if due_by is None:
        return _mark("none", _("No due day"))
    if due_by <= now:
        return _mark("late", _("Late: %(day)s") % {"day": text})
    day = due_on or timezone.localdate(due_at)
    return _mark("today" if day == today else "planned", text[:1].upper() + text[1:])


def due_text(due_on: date | None, due_at: datetime | None, today: date) -> str:
    """“today”, “tomorrow 15:00”, “Mar 4”: a day as it is written, a moment by the reader's clock."""
    if due_at is None:
        return day_text(due_on, today)
    local = timezone.localtime(due_at)
    return f"{day_text(local.date(), today)} {local:%H:%M}"


def moment_text(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{day_text(local.date(), timezone.localdate())} {formats.time_format(local, 'H:i')}"


def _mark(state: str, text: Any) -> DueMark:
    return DueMark(state, CSS[state], f"ti ti-{ICONS[state]}", str(text))
