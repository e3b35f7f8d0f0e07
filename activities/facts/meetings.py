"""What happens to meetings."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.facts.about import About
from foundation.facts import fact


class AboutMeeting(About):
    """`starts_at` and `day`: when it is, as a moment, or as a day where it lasts whole days."""

    meeting_id: int
    title: str
    starts_at: datetime | str
    day: str = ""
    occurrence_id: int | None = None
    is_announced: bool = False

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("meeting", self.meeting_id), *self.linked()]

    def when(self) -> str:
        """In the reader's zone; a day is the same day for everybody."""
        if self.day:
            return date_format(datetime.fromisoformat(self.day).date(), "DATE_FORMAT")
        moment = self.starts_at
        moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


@fact("meeting.planned", label=gettext_lazy("Meeting planned"), icon="calendar-plus")
class MeetingPlanned(AboutMeeting):
    def sentence(self) -> str:
        return _("Meeting planned for %(when)s: %(title)s") % {"when": self.when(), "title": self.title}


@fact("meeting.changed", label=gettext_lazy("Meeting changed"), icon="edit")
class MeetingChanged(AboutMeeting):
    """`left`: (name, address) of those no longer invited who had been written to."""

    fields: list[str]
    left: Sequence[list[str]] = ()
    from_deal_id: int | None = None

    def sentence(self) -> str:
        from activities.models import Meeting

        known = {each.name: each for each in Meeting._meta.get_fields()}
        names = [
            str(getattr(known[name], "verbose_name", "")) if name in known else _("participants")
            for name in self.fields
        ]
        return _("%(title)s changed: %(fields)s") % {
            "title": self.title,
            "fields": ", ".join(dict.fromkeys(each for each in names if each)),
        }


@fact("meeting.moved", label=gettext_lazy("Meeting moved"), icon="calendar-time")
class MeetingMoved(AboutMeeting):
    before: str

    def sentence(self) -> str:
        return _("%(title)s moved to %(when)s") % {"title": self.title, "when": self.when()}


@fact("meeting.cancelled", label=gettext_lazy("Meeting cancelled"), icon="calendar-cancel")
class MeetingCancelled(AboutMeeting):
    reason: str = ""

    def sentence(self) -> str:
        words = {"title": self.title, "when": self.when(), "reason": self.reason}
        if self.reason:
            return _("Cancelled: %(title)s, %(when)s. %(reason)s") % words
        return _("Cancelled: %(title)s, %(when)s") % words


@fact("meeting.held", label=gettext_lazy("Meeting held"), icon="calendar-check")
class MeetingHeld(AboutMeeting):
    outcome: str = ""

    def sentence(self) -> str:
        if not self.outcome:
            return _("Held: %(title)s") % {"title": self.title}
        return _("Held: %(title)s. %(outcome)s") % {"title": self.title, "outcome": self.outcome}


@fact("meeting.answered", label=gettext_lazy("Invitation answered"), icon="mail-check")
class MeetingAnswered(AboutMeeting):
    name: str
    answer: str

    def sentence(self) -> str:
        from activities.models import Participant

        return _("%(name)s: %(answer)s (%(title)s)") % {
            "name": self.name,
            "answer": Participant.Answer(self.answer).label,
            "title": self.title,
        }


@fact("meeting.announced", label=gettext_lazy("Invitation mailed"), icon="mail-forward")
class MeetingAnnounced(AboutMeeting):
    """One mail to one address: `method` is REQUEST or CANCEL; each is a delivery of its own, tried by itself."""

    method: str
    name: str
    email: str
    participant_id: int | None = None
    sequence: int = 0
    original_at: str = ""

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("meeting", self.meeting_id)]

    def sentence(self) -> str:
        words = {"title": self.title, "name": self.name}
        if self.method == "CANCEL":
            return _("%(name)s is told that it is cancelled: %(title)s") % words
        return _("%(name)s is invited: %(title)s") % words
