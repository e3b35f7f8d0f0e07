"""The page of one meeting, and the meetings shown on clients' and deals' pages."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Meeting, MeetingState, Occurrence, Participant
from activities.queries import moments
from activities.repeat_choices import described
from activities.series import AHEAD
from foundation import timeline

MOST_TIMES = 8
MOST_SHOWN = 5
TAGS = {"yes": "tag-good", "maybe": "tag-warn", "no": "tag-bad", "none": ""}


def page_of(meeting: Meeting, row: Occurrence, person: Any, at: datetime) -> dict[str, Any]:
    today = timezone.localdate(at)
    guests = list(meeting.participants.select_related("person", "contact").order_by("pk"))  # type: ignore[attr-defined]
    mine = next((each for each in guests if each.person_id == person.pk), None)
    is_over = row.ends_at <= at
    is_planned = meeting.is_planned and not row.is_cancelled and row.held_at is None
    may = moments.may_change(person, meeting)
    return {
        "meeting": meeting,
        "row": row,
        "when": moments.sentence(_when(meeting, row, today)),
        "zone_note": meeting.time_zone
        if meeting.time_zone != person.time_zone and not meeting.is_all_day
        else "",
        "repeat": described(meeting.repeat),
        "guests": [
            {"guest": each, "tag": TAGS[each.answer], "answer": each.get_answer_display()} for each in guests
        ],
        "mine": mine if mine is not None and is_planned and not is_over else None,
        "answers": [(value, label) for value, label in Participant.Answer.choices if value != "none"],
        "times": _times(meeting, row, today, at) if meeting.repeat else [],
        "is_planned": is_planned,
        "is_cancelled": row.is_cancelled or meeting.state == MeetingState.CANCELLED,
        "is_held": row.held_at is not None,
        "outcome": row.outcome or meeting.outcome,
        "may_change": may and is_planned,
        "may_hold": may and row.starts_at <= at and not row.is_cancelled,
        "lost_room": meeting.room if is_planned and meeting.room_id and row.room_id is None else None,
        "room": row.room or (None if meeting.repeat else meeting.room),
        "link": meeting.place if meeting.place.startswith(("https://", "http://")) else "",
        "sees_client": meeting.account is not None and person.reaches(meeting.account, "accounts.view"),
        "sees_deal": meeting.deal is not None and person.reaches(meeting.deal, "deals.view"),
        "timeline": timeline.page("meeting", meeting.pk),
    }


def _times(meeting: Meeting, shown: Occurrence, today: Any, at: datetime) -> list[dict[str, Any]]:
    """The next times of a series, those cancelled among them."""
    rows = meeting.occurrences.filter(ends_at__gt=min(at, shown.ends_at)).select_related("room")  # type: ignore[attr-defined]
    url = reverse("activities:meeting", args=[meeting.pk])
    return [
        {
            "url": f"{url}?occurrence={row.pk}",
            "when": moments.sentence(_when(meeting, row, today)),
            "is_shown": row.pk == shown.pk,
            "is_cancelled": row.is_cancelled,
            "is_moved": row.is_moved and not row.is_cancelled,
            "is_held": row.held_at is not None,
            "has_lost_room": bool(meeting.room_id) and row.room_id is None and not row.is_cancelled,
        }
        for row in rows.order_by("starts_at", "pk")[:MOST_TIMES]
    ]


def upcoming(person: Any, *, at: datetime, account: Any = None, deal: Any = None) -> dict[str, Any]:
    """The next meetings about a client or a deal that the person may see. One statement."""
    about = {"account": account} if account is not None else {"deal": deal}
    visible = Meeting.objects.visible_to(person).filter(state=MeetingState.PLANNED, **about)
    rows = Occurrence.objects.filter(
        meeting__in=visible.order_by(),
        is_cancelled=False,
        ends_at__gt=at,
        starts_at__lt=at + AHEAD + timedelta(days=30),
    )
    found = list(rows.select_related("meeting__owner", "room").order_by("starts_at", "pk")[: MOST_SHOWN + 1])
    today = timezone.localdate(at)
    said = urlencode({name: record.pk for name, record in about.items()})
    return {
        "meetings": [
            {
                "title": row.meeting.title,
                "url": f"{reverse('activities:meeting', args=[row.meeting_id])}?occurrence={row.pk}",  # type: ignore[attr-defined]
                "when": moments.sentence(_when(row.meeting, row, today)),
                "where": ", ".join(str(each) for each in (row.room, row.meeting.place) if each),
                "owner": row.meeting.owner.name,
                "is_series": bool(row.meeting.repeat),
            }
            for row in found[:MOST_SHOWN]
        ],
        "has_more": len(found) > MOST_SHOWN,
        "new_url": f"{reverse('activities:meeting_create')}?{said}"
        if person.may("activities.create")
        else "",
    }


def _when(meeting: Meeting, row: Occurrence, today: Any) -> str:
    return moments.when_text(
        row.starts_at, row.ends_at, zone=meeting.time_zone, is_all_day=meeting.is_all_day, today=today
    )


def guest_page(guest: Participant, words: dict[str, str]) -> dict[str, Any]:
    """What somebody invited from outside is shown: the meeting, and nothing of the client or the other guests."""
    meeting = guest.meeting
    return {
        "title": meeting.title,
        "organiser": meeting.owner.name,
        "agenda": meeting.agenda,
        "answer": guest.answer,
        "answer_text": guest.get_answer_display() if guest.answer != "none" else "",
        "choices": [
            ("yes", _("I come"), "check"),
            ("maybe", _("Perhaps"), "question-mark"),
            ("no", _("I do not come"), "x"),
        ],
        **words,
    }
