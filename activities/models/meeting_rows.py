"""The times of a meeting: laying them out, keeping exceptions, and one meeting at a time in a room."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.due import day_there
from activities.models.occurrence import Occurrence, Participant
from activities.series import AHEAD, Pattern, shifted, wall
from foundation.errors import Refused


class MeetingRows:
    def extend(self: Any, *, at: datetime) -> int:
        """Lay out what has come within a year; how many rows. Done twice it changes nothing.

        Where the room is taken by then, the time is kept without a room; its page says so.
        """
        with transaction.atomic():
            meeting = self.locked()
            if not meeting.is_planned or not meeting.repeat:
                return 0
            rows = meeting._rows_until(meeting._horizon(at))
            Occurrence.objects.bulk_create(rows, ignore_conflicts=True)
            there = set(
                meeting.occurrences.filter(original_at__in=[row.original_at for row in rows]).values_list(
                    "original_at", flat=True
                )
            )
            without = [row for row in rows if row.original_at not in there]
            for row in without:
                row.room_id = None
            Occurrence.objects.bulk_create(without, ignore_conflicts=True)
            meeting.laid_out_until = meeting._horizon(at)
            meeting.save(update_fields=["laid_out_until"])
        return len(rows)

    def _lay_out(self: Any, *, by: Any, at: datetime) -> None:
        until = self._horizon(at) if self.repeat else date.max - timedelta(days=1)
        rows = self._rows_until(until)
        if any(first.ends_at > then.starts_at for first, then in pairwise(rows)):
            raise Refused(_("It would begin again before it has ended."))
        if self.room is not None and self.room.is_retired:
            raise Refused(_("“%(room)s” is no longer offered. Choose another room.") % {"room": self.room})
        self._refuse_taken(self.room_id, [(row.starts_at, row.ends_at) for row in rows], by=by)
        with one_at_a_time(self.room):
            Occurrence.objects.bulk_create(rows)
        self.laid_out_until = until if self.repeat else None

    def _lay_out_anew(self: Any, before: Pattern, shift: int, *, by: Any, at: datetime) -> None:
        """After when or how often changed. Exceptions stay with the days they were made for, moved along."""
        if not before.repeat and not self.repeat:
            row = self.occurrences.get()
            slot = self.pattern.slot_on(self.pattern.first_day)
            row.original_at, row.starts_at, row.ends_at = slot.starts_at, slot.starts_at, slot.ends_at
            row.room_id = self.room_id
            self._refuse_taken(row.room_id, [(row.starts_at, row.ends_at)], by=by)
            with one_at_a_time(self.room):
                row.save()
            return
        kept = self._exceptions(before, shift)
        self.occurrences.all().delete()
        self.laid_out_until = None
        self._lay_out(by=by, at=at)
        self._restore(kept)

    def _exceptions(self: Any, before: Pattern, shift: int, rows: Any = None) -> dict[date, Any]:
        """Times that differ from the series, by the day they will belong to."""
        rows = self.occurrences.all() if rows is None else rows
        differ = [row for row in rows if row.is_cancelled or row.is_moved or row.held_at]
        return {wall(row.original_at, before.time_zone).date() + timedelta(days=shift): row for row in differ}

    def _restore(self: Any, kept: dict[date, Any]) -> None:
        for row in self.occurrences.all() if kept else ():
            old = kept.get(wall(row.original_at, self.time_zone).date())
            if old is None:
                continue
            row.is_cancelled, row.held_at, row.outcome = old.is_cancelled, old.held_at, old.outcome
            if old.is_moved:
                row.is_moved, row.starts_at, row.ends_at = True, old.starts_at, old.ends_at
                row.room_id = old.room_id
            with one_at_a_time(self.room):
                row.save()

    def _put_times(self: Any, row: Any, changes: dict[str, Any]) -> int:
        """Take over when it is and how often; by how many days the series moves."""
        zone = changes.get("time_zone", self.time_zone)
        original, first = wall(row.original_at, self.time_zone).date(), self.pattern.first_day
        shown_on = wall(row.starts_at, self.time_zone).date()
        self.is_all_day = changes.get("is_all_day", self.is_all_day)
        shift = 0
        if {"starts_at", "ends_at"} & set(changes):
            starts, ends = changes.get("starts_at", row.starts_at), changes.get("ends_at", row.ends_at)
            shift = (wall(starts, zone).date() - (shown_on if row.is_moved else original)).days
            told = Pattern(starts, ends, zone, self.is_all_day)
            slot = told.slot_on(first + timedelta(days=shift)) if self.repeat else told
            self.starts_at, self.ends_at = slot.starts_at, slot.ends_at
        self.time_zone = zone
        if "repeat" in changes:
            self.repeat = changes["repeat"]
        elif self.repeat and shift:
            self.repeat = shifted(self.repeat, shift)
        return shift

    def _put_rooms(self: Any, before: Any, *, by: Any, at: datetime) -> None:
        """The times to come that were in the room before are in the new one."""
        rows = self.occurrences.filter(room=before, is_cancelled=False, ends_at__gt=at)
        if self.room is not None and self.room.is_retired:
            raise Refused(_("“%(room)s” is no longer offered. Choose another room.") % {"room": self.room})
        self._refuse_taken(self.room_id, list(rows.values_list("starts_at", "ends_at")), by=by)
        with one_at_a_time(self.room):
            rows.update(room=self.room)

    def _spread_people(self: Any) -> None:
        """Who takes part, as its times to come say it for the calendars."""
        self.occurrences.update(people_ids=self._people())

    def _people(self: Any) -> list[int]:
        invited = self.participants.filter(person__isnull=False).exclude(answer=Participant.Answer.NO)
        return sorted({self.owner_id, *invited.values_list("person_id", flat=True)})

    def _rows_until(self: Any, until: date) -> list[Occurrence]:
        people = self._people()
        return [
            Occurrence(
                meeting=self,
                original_at=slot.starts_at,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                room_id=self.room_id,
                people_ids=people,
            )
            for slot in self.pattern.slots(after=self.laid_out_until, until=until)
        ]

    def _horizon(self: Any, at: datetime) -> date:
        return max(day_there(at, self.time_zone), self.pattern.first_day) + AHEAD

    def _row(self: Any, occurrence: Any) -> Any:
        """The time meant: the one named, or the first, which is the only one of what is no series."""
        rows = self.occurrences.select_for_update()
        row = rows.filter(pk=occurrence.pk).first() if occurrence else rows.order_by("original_at").first()
        if row is None:
            raise Refused(_("This time of the meeting is no longer there. Look at it again."))
        return row

    def _before(self: Any, row: Any) -> Any:
        return self.occurrences.filter(original_at__lt=row.original_at)

    def _refuse_taken(
        self: Any, room: int | None, spans: list[tuple[datetime, datetime]], *, by: Any
    ) -> None:
        """Say which meeting has the room. The database refuses in any case; this says it in words."""
        if room is None or not spans:
            return
        taken = Occurrence.objects.filter(
            room=room,
            is_cancelled=False,
            ends_at__gt=min(starts for starts, _ends in spans),
            starts_at__lt=max(ends for _starts, ends in spans),
        ).exclude(meeting=self.pk)
        for pk, starts, ends in taken.order_by("starts_at").values_list("meeting_id", "starts_at", "ends_at"):
            if any(starts < end and start < ends for start, end in spans):
                title = (
                    type(self).objects.visible_to(by).filter(pk=pk).values_list("title", flat=True).first()
                )
                raise Refused(room_taken(self.room, starts, ends, title))


@contextmanager
def one_at_a_time(room: Any) -> Iterator[None]:
    """What the database refuses, in words: two people took the same room in the same second."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as trouble:
        if "room_has_one_meeting" not in str(trouble):
            raise
        said = _("“%(room)s” was taken a moment ago. Choose another room or time.")
        raise Refused(said % {"room": room}) from trouble


def room_taken(room: Any, starts: datetime, ends: datetime, title: str | None) -> str:
    local = timezone.localtime(starts), timezone.localtime(ends)
    words = {
        "room": room.name,
        "day": date_format(local[0], "DATE_FORMAT"),
        "from": date_format(local[0], "TIME_FORMAT"),
        "to": date_format(local[1], "TIME_FORMAT"),
        "title": title,
    }
    if title:
        return _("“%(room)s” is taken on %(day)s, %(from)s–%(to)s: %(title)s.") % words
    return _("“%(room)s” is taken on %(day)s, %(from)s–%(to)s.") % words
