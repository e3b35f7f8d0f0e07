"""The verbs of a meeting. Mixed into Meeting. What they do to a series' single times is in meeting_rows."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from activities.facts import meetings as facts
from activities.guests import MOST, Guests
from activities.models.meeting_giving import MeetingGiving
from activities.models.meeting_rows import MeetingRows
from activities.models.meeting_split import MeetingSplit
from activities.series import AHEAD, LONGEST, Pattern, series_rule
from foundation import timeline
from foundation.errors import Refused, Stale
from foundation.facts import tell

TIMES = {"starts_at", "ends_at", "is_all_day", "time_zone", "repeat"}
HEARD_OF = TIMES | {"title", "place", "room", "agenda"}  # those invited hear of these changes
THIS, FOLLOWING, ALL = "this", "following", "all"


class MeetingMoves(MeetingGiving, MeetingSplit, MeetingRows):
    @classmethod
    def plan(
        cls: Any,
        *,
        title: str,
        owner: Any,
        by: Any,
        at: datetime,
        guests: Guests | None = None,
        announce: bool = False,
        cause: Any = None,
        **fields: Any,
    ) -> Any:
        """A new meeting, laid out. `announce` writes to everybody invited. Refused where its room is taken."""
        with transaction.atomic():
            meeting = cls(title=_titled(title), owner=owner, author=by, planned_at=at, uid=uuid4(), **fields)
            meeting.time_zone = meeting.time_zone or owner.time_zone
            meeting._check(at)
            meeting.settle_links()
            meeting.team_ids = sorted({owner.pk, by.pk})
            meeting.save(force_insert=True)
            meeting._invite(guests or Guests())
            meeting._lay_out(by=by, at=at)
            meeting.save(update_fields=["team_ids", "laid_out_until"])
            told = facts.MeetingPlanned(is_announced=announce, **meeting.named())
            tell(told, by=by, at=at, cause=cause)
        return meeting

    def change(
        self: Any,
        changes: dict[str, Any],
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        occurrence: Any = None,
        scope: str = ALL,
        guests: Guests | None = None,
        announce: bool = False,
        cause: Any = None,
    ) -> Any:
        """Change fields, of a series for one time of it (`occurrence`), that and those following, or all.

        `starts_at` and `ends_at` are those of the occurrence. Times that are over keep theirs: changing when all
        take place changes those to come. Answers the meeting that has the changes now, which may be a new one.
        """
        with transaction.atomic():
            meeting = self.locked(version)
            meeting._refuse_closed()
            row = meeting._row(occurrence)
            changes = meeting._differing(changes, row)
            if guests is not None and meeting._same_guests(guests):
                guests = None
            if not changes and guests is None:
                return self
            told = {"by": by, "at": at, "cause": cause, "announce": announce}
            if meeting.repeat and scope == THIS:
                meeting = meeting._change_one(row, changes, guests, **told)
            elif meeting.repeat and (first := meeting._first_to_change(row, changes, scope, at)) is not None:
                meeting = meeting._split_from(first, row, changes, guests, **told)
            else:
                meeting._change_whole(row, changes, guests, **told)
        self.refresh_from_db()
        return meeting if meeting.pk != self.pk else self

    def cancel(
        self: Any,
        reason: str = "",
        *,
        by: Any,
        at: datetime,
        occurrence: Any = None,
        scope: str = ALL,
        cause: Any = None,
    ) -> None:
        """It will not take place: all of it, one time, or that and those following. Who was written to hears of it."""
        reason = reason.replace("\x00", "").strip()[:400]
        with transaction.atomic():
            meeting = self.locked()
            if not meeting.is_planned:
                return
            row = meeting._row(occurrence)
            if meeting.repeat and scope == THIS:
                meeting._cancel_one(row)
            elif meeting.repeat and (first := meeting._first_to_cancel(row, scope, at)) is not None:
                meeting._end_before(first)
            else:
                row = None if meeting.repeat else row
                meeting.state = "cancelled"
                meeting.occurrences.update(is_cancelled=True)
            meeting.sequence += 1
            meeting.version += 1
            meeting.save()
            told = facts.MeetingCancelled(reason=reason, **meeting.named(row))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def hold(
        self: Any, occurrence: Any = None, *, outcome: str = "", by: Any, at: datetime, cause: Any = None
    ) -> None:
        """It took place, and what came of it. Said again, the outcome is corrected."""
        outcome = outcome.replace("\x00", "").strip()
        with transaction.atomic():
            meeting = self.locked()
            if meeting.state == "cancelled":
                raise Refused(_("The meeting was cancelled."))
            row = meeting._row(occurrence)
            if row.is_cancelled:
                raise Refused(_("The meeting was cancelled."))
            if row.starts_at > at:
                raise Refused(_("It has not begun yet. If it took place earlier, move it first."))
            if row.held_at is not None and row.outcome == outcome:
                return
            row.held_at, row.outcome = row.held_at or at, outcome
            row.save(update_fields=["held_at", "outcome"])
            if not meeting.repeat:
                meeting.state, meeting.outcome = "held", outcome
            meeting.version += 1
            meeting.save()
            tell(facts.MeetingHeld(outcome=outcome, **meeting.named(row)), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def answer(self: Any, participant: Any, answer: str, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Somebody invited comes, perhaps, or not. Who does not come is free at that time again."""
        with transaction.atomic():
            meeting = self.locked()
            if not meeting.is_planned:
                raise Refused(_("The meeting is over or was cancelled, so there is nothing to answer."))
            mine = meeting.participants.select_for_update().get(pk=participant.pk)
            if mine.answer == answer:
                return
            mine.answer, mine.answered_at = answer, at
            mine.save(update_fields=["answer", "answered_at"])
            meeting._spread_people()
            told = facts.MeetingAnswered(name=mine.name, answer=answer, **meeting.named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def locked(self: Any, version: int | None = None) -> Any:
        """The row locked and read afresh. Refused where another version than the one seen is there."""
        meetings = type(self).objects
        meetings.select_for_update().values_list("pk").get(pk=self.pk)
        meeting = meetings.select_related("owner", "room", "account", "contact", "deal").get(pk=self.pk)
        if version is not None and version != meeting.version:
            last = timeline.page("meeting", self.pk, limit=1).entries
            who = last[0].actor_name if last else ""
            raise Stale(_("%(who)s changed this meeting meanwhile. Look at it again.") % {"who": who})
        return meeting

    @property
    def pattern(self: Any) -> Pattern:
        return Pattern(self.starts_at, self.ends_at, self.time_zone, self.is_all_day, self.repeat)

    def _change_whole(
        self: Any,
        row: Any,
        changes: dict[str, Any],
        guests: Guests | None,
        *,
        by: Any,
        at: datetime,
        cause: Any,
        announce: bool,
    ) -> None:
        before, room, deal_id = self.pattern, self.room, self.deal_id
        was = row.starts_at
        shift = self._put_times(row, changes) if TIMES & set(changes) else None
        for name in set(changes) - TIMES:
            setattr(self, name, changes[name])
        if "title" in changes:
            self.title = _titled(changes["title"])
        if {"account", "contact", "deal"} & set(changes):
            self.settle_links()
        self._check(at)
        left = self._invite(guests) if guests is not None else []
        if shift is not None:
            self._lay_out_anew(before, shift, by=by, at=at)
        elif "room" in changes:
            self._put_rooms(room, by=by, at=at)
        if HEARD_OF & set(changes):
            self.sequence += 1
        self.version += 1
        self.save()
        row = None if self.repeat else self._row(None)
        if set(changes) <= {"starts_at", "ends_at"} and guests is None:
            told: Any = facts.MeetingMoved(before=was.isoformat(), is_announced=announce, **self.named(row))
        else:
            fields = sorted(changes) + (["participants"] if guests is not None else [])
            about = self.named(row) | {"from_deal_id": deal_id, "is_announced": announce}
            told = facts.MeetingChanged(fields=fields, left=left, **about)
        tell(told, by=by, at=at, cause=cause)

    def _check(self: Any, at: datetime) -> None:
        if not self.owner.is_active or self.owner.is_robot:
            raise Refused(
                _("%(name)s no longer works here. Choose somebody else.") % {"name": self.owner.name}
            )
        if self.ends_at <= self.starts_at:
            raise Refused(_("It cannot end before it begins."))
        if self.ends_at - self.starts_at > LONGEST:
            raise Refused(_("A meeting lasts two weeks at most."))
        if not 2000 <= self.starts_at.year <= 2100:
            raise Refused(_("Choose a day of this century."))
        if self.repeat:
            self.repeat = series_rule(self.repeat, self.pattern.first_day)
            if not self.pk and self.starts_at < at - AHEAD:
                raise Refused(_("A series cannot begin more than a year ago."))

    def _refuse_closed(self: Any) -> None:
        if self.state == "cancelled":
            raise Refused(_("The meeting was cancelled. Plan a new one."))
        if self.state == "held":
            raise Refused(_("The meeting was held: only its outcome can be corrected."))

    def _invite(self: Any, guests: Guests) -> list[list[str]]:
        """Bring the participants in line. Answers (name, address) of those left out who had been written to."""
        if len(guests) > MOST:
            raise Refused(_("Invite at most %(most)d at once.") % {"most": MOST})
        wanted = guests.wanted(self.owner_id)
        there = {_key(each): each for each in self.participants.all()}
        gone = [each for key, each in there.items() if key not in wanted]
        self.participants.filter(pk__in=[each.pk for each in gone]).delete()
        self.participants.bulk_create(
            self.participants.model(meeting=self, **row) for key, row in wanted.items() if key not in there
        )
        people = {person.pk for person in guests.people}
        self.team_ids = sorted({*self.team_ids, *people})
        if self.occurrences.exists():
            self._spread_people()
        return [[each.name, each.email] for each in gone if each.is_announced and each.email]

    def _same_guests(self: Any, guests: Guests) -> bool:
        return set(guests.wanted(self.owner_id)) == {_key(each) for each in self.participants.all()}


def _key(participant: Any) -> tuple[str, Any]:
    if participant.person_id:
        return "person", participant.person_id
    if participant.contact_id:
        return "contact", participant.contact_id
    return "address", participant.email.lower()


def _titled(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise Refused(_("Say what the meeting is about."))
    return title[:200]
