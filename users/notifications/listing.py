"""What the page of notifications and the bell's panel show; rows as ready words, one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.keyset import Page, keyset_page
from users.models import Notification
from users.notifications.kinds import Action, kind_of, kinds

SIZE = 50
IN_PANEL = 8
POPUPS = 3
FIELDS = (
    "pk", "kind", "title", "text", "url", "subject_kind", "subject_id", "actor_name", "count", "at", "read_at",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    pk: int
    icon: str
    title: str
    text: str
    url: str
    subject: str
    label: str
    who: str
    count: int
    when: str
    is_unread: bool
    actions: Sequence[Action]


def page_of(person: Any, *, kind: str, only_unread: bool, cursor: str | None) -> Page:
    """The person's notifications, newest first; one statement."""
    found = Notification.objects.of(person)
    if kind:
        found = found.filter(kind=kind)
    if only_unread:
        found = found.unread()
    page = keyset_page(found.values(*FIELDS), order=("-at", "-pk"), cursor=cursor, size=SIZE)
    now = timezone.now()
    return page._replace(rows=[_row(row, now) for row in page.rows])


def latest(person: Any) -> list[Row]:
    """What the bell's panel shows."""
    now = timezone.now()
    rows = Notification.objects.of(person).order_by("-at", "-pk").values(*FIELDS)[:IN_PANEL]
    return [_row(row, now) for row in rows]


def urgent_since(person: Any, moment: datetime) -> list[Row]:
    """What should pop up in an open window: the urgent ones that came since it last asked."""
    now = timezone.now()
    urgent = [kind.key for kind in kinds() if kind.is_urgent]
    rows = Notification.objects.of(person).unread().since(moment).filter(kind__in=urgent)
    return [_row(row, now) for row in rows.order_by("-at", "-pk").values(*FIELDS)[:POPUPS]]


def _row(row: dict[str, Any], now: datetime) -> Row:
    kind, key = kind_of(row["kind"]), row["subject_id"]
    return Row(
        pk=row["pk"],
        icon=f"ti ti-{kind.icon}",
        title=row["title"],
        text=row["text"],
        url=row["url"],
        subject=f"{row['subject_kind']}:{key}" if key else "",
        label=str(kind.label),
        who=row["actor_name"],
        count=row["count"],
        when=when_text(row["at"], now),
        is_unread=row["read_at"] is None,
        actions=kind.actions(key) if key and row["read_at"] is None else (),
    )


def when_text(at: datetime, now: datetime) -> str:
    """“14:05” today, “yesterday 14:05”, else the date, by the reader's clock."""
    there, today = timezone.localtime(at), timezone.localtime(now).date()
    clock = date_format(there, "TIME_FORMAT")
    if there.date() == today:
        return clock
    if there.date() == today - timedelta(days=1):
        return _("yesterday %(time)s") % {"time": clock}
    return f"{date_format(there, 'SHORT_DATE_FORMAT')} {clock}"
