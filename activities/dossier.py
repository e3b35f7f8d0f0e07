"""What is planned with a client that is handed over."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.handing_over.dossier import MOST, Line, Section, offer
from activities.handing_over import planned_meetings
from activities.models import Task


def register() -> None:
    offer(Section("planned", gettext_lazy("What is planned"), _planned, order=40))


def _planned(keys: Sequence[int], reader: Any, at: datetime) -> dict[int, list[Line]]:
    """Meetings and open tasks the reader sees, what comes first on top."""
    found: dict[int, list[tuple[Any, Line]]] = defaultdict(list)
    tasks = Task.objects.visible_to(reader).open().filter(account__in=keys).select_related("owner")
    for task in tasks.order_by("due_by", "pk"):
        day = task.due_day
        when = _day(day) if day else _("no day")
        note = f"{when} · {task.owner.name}"
        line = Line(task.title, note, task.get_absolute_url())
        found[task.account_id or 0].append((task.due_by or datetime.max.replace(tzinfo=at.tzinfo), line))
    meetings = planned_meetings(at).visible_to(reader).filter(account__in=keys).select_related("owner")
    for meeting in meetings.order_by("starts_at", "pk"):
        local = timezone.localtime(meeting.starts_at)
        note = f"{formats.date_format(local, 'SHORT_DATETIME_FORMAT')} · {meeting.owner.name}"
        line = Line(meeting.title, note, meeting.get_absolute_url())
        found[meeting.account_id or 0].append((meeting.starts_at, line))
    return {
        key: [line for _moment, line in sorted(rows, key=lambda row: row[0])][: 2 * MOST]
        for key, rows in found.items()
    }


def _day(day: Any) -> str:
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))
