"""Invitations by mail: who hears of what, one mail an address, and the links by which a guest answers.

A meeting's fact tells, in its own transaction, one `meeting.announced` for each address; each of those is a delivery
of its own, so that one refused mailbox holds up nobody else. A mail is sent at least once, always under one Message-ID.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.models import Participant
from activities.repeat_choices import described
from activities.series import DAY, wall

SALT = "activities.invitations"
KEPT = timedelta(days=400)
REQUEST, CANCEL = "REQUEST", "CANCEL"


def token_of(participant: Participant) -> str:
    """What the links of a mail are opened by: it names the guest and the address the mail went to."""
    return signing.dumps([participant.pk, participant.email.lower()], salt=SALT)


def found_by(token: str) -> Participant | None:
    """The guest a token names; None where it is forged, too old, or the guest is no longer invited."""
    try:
        pk, email = signing.loads(token, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    guests = Participant.objects.select_related("meeting__owner", "meeting__room", "person")
    guest = guests.filter(pk=pk).first()
    return guest if guest is not None and guest.email.lower() == email else None


def is_over(meeting: Any, at: datetime) -> bool:
    """Nothing is left to be answered: no time of it is to come."""
    return (
        not meeting.is_planned or not meeting.occurrences.filter(ends_at__gt=at, is_cancelled=False).exists()
    )


def said(meeting: Any, zone: str = "") -> dict[str, str]:
    """When and where, in the active language, by the clock of a zone, which is named."""
    zone = zone or meeting.time_zone
    if meeting.is_all_day:
        first = wall(meeting.starts_at, meeting.time_zone).date()
        last = wall(meeting.ends_at, meeting.time_zone).date() - DAY
        days = [date_format(day, "DATE_FORMAT") for day in (first, last)]
        when = days[0] if first == last else f"{days[0]} – {days[1]}"
    else:
        starts, ends = (each.astimezone(ZoneInfo(zone)) for each in (meeting.starts_at, meeting.ends_at))
        is_same = starts.date() == ends.date()
        until = date_format(ends, "TIME_FORMAT" if is_same else "DATETIME_FORMAT")
        when = f"{date_format(starts, 'l')}, {date_format(starts, 'DATETIME_FORMAT')} – {until} ({zone})"
    where = ", ".join(str(each) for each in (meeting.room, meeting.place) if each)
    return {"when": when, "where": where, "repeat": described(meeting.repeat)}


def message_for(meeting: Any, guest: Participant, method: str) -> EmailMultiAlternatives:
    zone = guest.person.time_zone if guest.person else ""
    words: dict[str, Any] = {"meeting": meeting, "guest": guest, **said(meeting, zone)}
    if method == REQUEST:
        path = reverse("activities:invitation", args=[token_of(guest)])
        words["url"] = f"{settings.SITE_ADDRESS}{path}"
        subject = _("Invitation: %(title)s") if not meeting.sequence else _("Changed: %(title)s")
    else:
        subject = _("Cancelled: %(title)s")
    words["is_cancelled"] = method == CANCEL
    message = EmailMultiAlternatives(
        subject=subject % {"title": meeting.title},
        body=render_to_string("activities/invitation_mail.txt", words),
        to=[f'"{_plain(guest.name)}" <{guest.email}>'] if _plain(guest.name) else [guest.email],
        reply_to=[meeting.owner.email] if meeting.owner.email else None,
    )
    message.attach_alternative(render_to_string("activities/invitation_mail.html", words), "text/html")
    text = _invitation(meeting, guest, method).decode()
    message.attach_alternative(text, f"text/calendar; method={method}")
    message.attach("invitation.ics", text.encode(), "application/ics")
    return message


def _invitation(meeting: Any, guest: Participant, method: str) -> bytes:
    from activities import ics  # only workers write invitations: the web's need not hold it

    book = ics.calendar("", method=method)
    rows = meeting.occurrences.order_by("starts_at", "pk").select_related("room")
    if meeting.repeat:
        rows = rows.exclude(is_cancelled=False, is_moved=False)
    ics.add_meeting(book, meeting, list(rows), guests=[guest], is_cancelled=method == CANCEL)
    return ics.written(book, [meeting.time_zone], since=timezone.now().date())


def _plain(name: str) -> str:
    return "".join(each for each in name if each.isprintable() and each not in '"\\<>')
