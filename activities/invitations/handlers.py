"""Who hears of a meeting, and one mail an address."""

from typing import Any

from django.conf import settings
from django.utils import translation

from activities.facts.meetings import MeetingAnnounced
from activities.invitations import CANCEL, REQUEST, message_for
from activities.models import Meeting, MeetingState, Participant
from foundation.facts import tell
from foundation.models import Event
from users.models import User


def announce(event: Event) -> None:
    """Those invited hear of it: all of them when somebody said so, otherwise those who were written to before."""
    meeting = Meeting.objects.filter(pk=event.payload["meeting_id"]).first()
    if meeting is None:
        return
    by = User.objects.get(pk=event.actor_id)
    guests = meeting.participants.exclude(email="").exclude(person=by).order_by("pk")
    if not event.payload.get("is_announced"):
        guests = guests.filter(is_announced=True)
    method = CANCEL if meeting.state == MeetingState.CANCELLED else REQUEST
    told: dict[str, Any] = {"meeting_id": meeting.pk, "title": meeting.title, "starts_at": meeting.starts_at}
    told |= {"sequence": meeting.sequence, "day": meeting.named()["day"]}
    for name, email in event.payload.get("left", []):
        fact = MeetingAnnounced(method=CANCEL, name=name, email=email, **told)
        tell(fact, by=by, at=event.at, cause=event)
    for guest in guests:
        fact = MeetingAnnounced(
            method=method, name=guest.name, email=guest.email, participant_id=guest.pk, **told
        )
        tell(fact, by=by, at=event.at, cause=event)
    meeting.participants.filter(pk__in=[guest.pk for guest in guests]).update(is_announced=True)


def mail(event: Event) -> None:
    """One invitation, change or cancellation to one address, as the meeting is now."""
    told = event.payload
    meeting = Meeting.objects.select_related("owner", "room").filter(pk=told["meeting_id"]).first()
    if meeting is None or (told["method"] == REQUEST and told["sequence"] < meeting.sequence):
        return  # a later mail says how it is now
    guest = meeting.participants.select_related("person").filter(pk=told["participant_id"]).first()
    if guest is None:
        if told["method"] == REQUEST:
            return  # no longer invited; the cancellation is on its way
        guest = Participant(meeting=meeting, name=told["name"], email=told["email"])
    with translation.override(guest.person.language if guest.person else settings.LANGUAGE_CODE):
        message = message_for(meeting, guest, told["method"])
    from activities import ics  # as in `_invitation`

    message.extra_headers["Message-ID"] = f"<event-{event.pk}@{ics.host()}>"
    message.send()
