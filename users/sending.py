"""The outbox: mails and browser messages leave through rows that workers claim, as in foundation.drain.

A claim commits first: it pushes `due_at` past the lease and counts the attempt. Before anything leaves, the row is
asked for again by that count, which also renews the lease: who lost it sends nothing.
"""

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from foundation.facts import wake_on_commit
from users import mailing, presence, push
from users.models import Channel, Notification, PushSubscription, Sending, User
from users.notifications.choices import Wishes
from users.notifications.choices import wishes as wishes_of
from users.notifications.kinds import kind_of

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
BATCH = 25
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=4)
PATIENCE = timedelta(minutes=2)  # what is not urgent waits, so that what is read meanwhile is not sent
KEPT = timedelta(days=30)

# ARRAY(…), because IN (…) may be run once for every row, each time claiming other rows: all instead of a batch.
CLAIM = """
    UPDATE users_sending SET due_at = clock_timestamp() + %s, attempts = attempts + 1
    WHERE id = ANY(ARRAY(
        SELECT id FROM users_sending
        WHERE sent_at IS NULL AND stuck_at IS NULL AND due_at <= clock_timestamp()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id, attempts
"""


def queue(rows: Sequence[Notification], people: dict[int, User], wishes: Wishes, *, at: datetime) -> None:
    """Put mails and browser messages for these notifications into the outbox, in the caller's transaction.

    They leave when the person may be disturbed. One still waiting for the same row serves the newer words too.
    """
    wanted = [(row, wishes[row.person_id, row.kind] & {Channel.MAIL, Channel.PUSH}) for row in rows]
    wanted = [(row, ways) for row, ways in wanted if ways]
    if not wanted:
        return
    free = presence.free_at([people[key] for key in {row.person_id for row, _ways in wanted}], at)
    browsers = _browsers([row.person_id for row, ways in wanted if Channel.PUSH in ways])
    waiting = _waiting([row.pk for row, _ways in wanted if row.count > 1])
    leaving: list[Sending] = []
    for row, ways in wanted:
        due_at = free[row.person_id]
        if Channel.MAIL in ways and people[row.person_id].email and (row.pk, "mail") not in waiting:
            pause = timedelta() if kind_of(row.kind).is_urgent else PATIENCE
            leaving.append(_sending(row, "mail", max(due_at, at + pause)))
        if Channel.PUSH in ways and (row.pk, "push") not in waiting:
            leaving += [
                _sending(row, "push", due_at, subscription_id=each)
                for each in browsers.get(row.person_id, ())
            ]
    Sending.objects.bulk_create(leaving)


def mail_again(rows: Sequence[Notification], kind: str, people: dict[int, User], *, at: datetime) -> None:
    """Mail what was told already and nobody answered, to those who want mails of this `kind`."""
    rows = [row for row in rows if row.person_id in people and people[row.person_id].email]
    if not rows:
        return
    wanted = wishes_of({row.person_id for row in rows}, {kind})
    free = presence.free_at([people[key] for key in {row.person_id for row in rows}], at)
    Sending.objects.bulk_create(
        _sending(row, "mail", free[row.person_id], kind=kind)
        for row in rows
        if Channel.MAIL in wanted[row.person_id, kind]
    )


def queue_mail(
    person: User, kind: str, *, title: str, text: str, html: str, due_at: datetime, notification: Any = None
) -> Sending:
    """A mail with words of its own, such as a digest."""
    return Sending.objects.create(
        person=person,
        channel="mail",
        kind=kind,
        notification=notification,
        title=title[:250],
        text=text,
        html=html,
        message_id=uuid4(),
        due_at=due_at,
    )


def send_due(*, batches: int = 40) -> int:
    """Send what is due, up to `batches` claims; how many left."""
    sent = 0
    for _round in range(batches):
        claimed = _claim()
        if not claimed:
            break
        mail = get_connection()
        rows = Sending.objects.select_related(
            "person__notification_settings", "notification", "subscription"
        ).in_bulk([pk for pk, _attempts in claimed])
        try:
            sent += sum(_send(rows[pk], attempts, mail) for pk, attempts in claimed if pk in rows)
        finally:
            mail.close()
    return sent


def retry(stuck: QuerySet[Sending]) -> int:
    """Let stuck ones be tried again from the beginning; how many."""
    with transaction.atomic():
        n = stuck.filter(stuck_at__isnull=False, sent_at__isnull=True).update(
            stuck_at=None, attempts=0, error="", due_at=Now()
        )
        if n:
            wake_on_commit()
    return n


def forget_old(*, at: datetime) -> int:
    """What left a month ago need not be kept."""
    return Sending.objects.filter(sent_at__lt=at - KEPT).delete()[0]


def _claim() -> list[tuple[int, int]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, BATCH])  # type: ignore[list-item]  # the driver does take intervals
        return cursor.fetchall()


def _send(row: Sending, attempts: int, mail: Any) -> bool:
    ours = Sending.objects.filter(pk=row.pk, attempts=attempts, sent_at__isnull=True, stuck_at__isnull=True)
    if attempts > MAX_ATTEMPTS:  # its worker died every time and left no error of its own
        ours.update(stuck_at=Now(), error="Every attempt ended with the worker's death.")
        return False
    if not ours.update(due_at=Now() + LEASE):
        return False  # our lease ran out and somebody else has it
    if _is_needless(row):
        ours.delete()
        return False
    now = timezone.now()
    free_at = presence.free_at([row.person], now)[row.person_id]
    if free_at > now and (row.notification_id or row.channel == "push"):
        ours.update(due_at=free_at, attempts=F("attempts") - 1)
        return False
    try:
        _leave(row, mail)
    except push.Gone:
        PushSubscription.objects.filter(
            pk=row.subscription_id or 0
        ).delete()  # and with it all that waits for it
        return False
    except Exception:
        logger.warning("Sending %s failed", row.pk, exc_info=True)
        _note_failure(ours, attempts, traceback.format_exc(limit=-4))
        return False
    ours.update(sent_at=Now(), error="")
    return True


def _is_needless(row: Sending) -> bool:
    """Whom it is for has left, has no address any more, or has read it meanwhile."""
    if not row.person.is_active or (row.channel == "mail" and not row.person.email):
        return True
    told = row.notification
    return told is not None and told.read_at is not None and told.read_at > told.at


def _leave(row: Sending, mail: Any) -> None:
    if row.channel == "push":
        assert row.subscription is not None
        assert row.notification is not None
        push.send(row.subscription, push.payload_of(row.notification))
    else:
        mail.send_messages([mailing.message_of(row, mail)])


def _note_failure(ours: QuerySet[Sending], attempts: int, error: str) -> None:
    pause = min(timedelta(seconds=30) * 3 ** (attempts - 1), LONGEST_PAUSE)
    changes: dict[str, Any] = {"error": error, "due_at": Now() + pause}
    if attempts >= MAX_ATTEMPTS:
        changes["stuck_at"] = Now()
    ours.update(**changes)


def _sending(row: Notification, channel: str, due_at: datetime, **fields: Any) -> Sending:
    return Sending(
        person_id=row.person_id,
        channel=channel,
        kind=fields.pop("kind", row.kind),
        notification_id=row.pk,
        title=row.title,
        message_id=uuid4(),
        due_at=due_at,
        **fields,
    )


def _browsers(people: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    if people:
        rows = PushSubscription.objects.filter(person_id__in=set(people)).order_by("pk")
        for person, key in rows.values_list("person_id", "pk"):
            found.setdefault(person, []).append(key)
    return found


def _waiting(notifications: Sequence[int]) -> set[tuple[int, str]]:
    if not notifications:
        return set()
    rows = Sending.objects.filter(
        notification_id__in=notifications, sent_at__isnull=True, stuck_at__isnull=True
    ).order_by()
    return set(rows.values_list("notification_id", "channel"))
