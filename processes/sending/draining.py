"""Sending what is due: marked before, marked after, and what lies between is unknown."""

import logging
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.models import OutMessage
from processes.sending import mail, webhooks

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)
BATCH = 20
MAX_ATTEMPTS = 6
PAUSE = timedelta(minutes=1)

CLAIM = """
    UPDATE processes_outmessage SET state = 'sending', due_at = clock_timestamp() + %s, attempts = attempts + 1
    WHERE id = ANY(ARRAY(
        SELECT id FROM processes_outmessage WHERE state = 'waiting' AND due_at <= clock_timestamp()
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id
"""


def drain() -> int:
    """Send what is due; how many were sent. What a dead worker was sending becomes unknown when its lease ends."""
    note_unknown()
    sent = 0
    while keys := _claimed():
        for message in OutMessage.objects.filter(pk__in=keys).select_related("run").order_by("pk"):
            sent += _send(message)
    return sent


def note_unknown() -> int:
    """Those whose sender has not come back: perhaps they arrived."""
    gone = OutMessage.objects.filter(state="sending", due_at__lte=Now())
    return gone.update(state="unknown", error=_("The worker ended while it was being sent."))


def send_again(message: OutMessage) -> None:
    """Somebody decided that it goes out again, under its old key. Refused for what waits or has been sent."""
    ours = OutMessage.objects.filter(pk=message.pk, state__in=["unknown", "failed"])
    if not ours.update(state="waiting", due_at=Now(), attempts=0, error=""):
        raise Refused(_("This needs no sending again."))


def take_back(message: OutMessage) -> None:
    """Before it has left. Refused afterwards."""
    if not OutMessage.objects.filter(pk=message.pk, state="waiting").delete()[0]:
        raise Refused(_("It has left already."))


def _claimed() -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, BATCH])  # type: ignore[list-item]  # the driver does take intervals
        return [key for (key,) in cursor.fetchall()]


def _send(message: OutMessage) -> bool:
    ours = OutMessage.objects.filter(pk=message.pk, state="sending", attempts=message.attempts)
    send = mail.send if message.kind == OutMessage.Kind.MAIL else webhooks.send
    try:
        send(message)
    except Refused as refusal:
        ours.update(state="failed", error=refusal.message)
    except Exception as trouble:  # whatever the other side did: it is tried again, and then told
        logger.warning("Message %s was not sent", message.pk, exc_info=True)
        _note_failure(ours, message, trouble)
    else:
        return bool(ours.update(state="sent", sent_at=Now(), error=""))
    return False


def _note_failure(ours: Any, message: OutMessage, trouble: Exception) -> None:
    said = f"{type(trouble).__name__}: {trouble}"[:500]
    if message.attempts >= MAX_ATTEMPTS:
        ours.update(state="failed", error=said)
    else:
        ours.update(state="waiting", error=said, due_at=Now() + PAUSE * 2 ** (message.attempts - 1))
