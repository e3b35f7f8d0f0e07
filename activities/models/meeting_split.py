"""Changing a part of a series: one time, or one and all that follow."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from activities.facts import meetings as facts
from activities.guests import Guests
from activities.models.meeting_rows import one_at_a_time
from activities.series import ending, going_on, wall
from foundation.errors import Refused
from foundation.facts import tell

OWN = {"starts_at", "ends_at", "room"}  # what one time of a series may have otherwise than the series
COPIED = (
    "title", "agenda", "place", "room", "owner", "starts_at", "ends_at", "is_all_day", "time_zone", "repeat",
    "reminder", "account", "contact", "deal",
)  # fmt: skip


class MeetingSplit:
    def _change_one(
        self: Any,
        row: Any,
        changes: dict[str, Any],
        guests: Guests | None,
        *,
        by: Any,
        at: datetime,
        cause: Any,
        announce: bool,
    ) -> Any:
        """One time elsewhere, at another hour or in another room is an exception; other changes make it a meeting
        of its own, which the series leaves out."""
        if row.is_cancelled:
            raise Refused(_("This time of the meeting was cancelled."))
        if row.held_at is not None:
            raise Refused(_("The meeting was held: only its outcome can be corrected."))
        changes = {name: value for name, value in changes.items() if name != "repeat"}
        if not changes and guests is None:
            raise Refused(_("How often it repeats can be changed for the whole series only."))
        if set(changes) - OWN or guests is not None:
            single = self._copy(changes | {"repeat": ""}, row)
            self._cancel_one(row)
            self._told_of_part(["repeat"], row, by=by, at=at, cause=cause)
            return self._plan_copy(single, guests, by=by, at=at, cause=cause, announce=announce)
        before = row.starts_at
        row.starts_at, row.ends_at = (
            changes.get("starts_at", row.starts_at),
            changes.get("ends_at", row.ends_at),
        )
        if row.ends_at <= row.starts_at:
            raise Refused(_("It cannot end before it begins."))
        row.room = changes.get("room", row.room)
        row.is_moved = True
        self._save_row(row, by=by)
        self.sequence += 1
        self.version += 1
        self.save()
        told = facts.MeetingMoved(before=before.isoformat(), is_announced=announce, **self.named(row))
        tell(told, by=by, at=at, cause=cause)
        return self

    def _first_to_change(self: Any, row: Any, changes: dict[str, Any], scope: str, at: datetime) -> Any:
        """The time from which on the series becomes another one; None where it changes as a whole."""
        if scope == "following":
            return row if self._before(row).exists() else None
        if not {"starts_at", "ends_at", "is_all_day", "time_zone", "repeat"} & set(changes):
            return None
        begun = self.occurrences.filter(is_cancelled=False, starts_at__lte=at).exists()
        if not begun:
            return None
        to_come = (
            self.occurrences.filter(starts_at__gt=at, original_at__gt=at).order_by("original_at").first()
        )
        if to_come is None:
            raise Refused(_("All its times are over. Plan a new meeting."))
        return to_come

    def _first_to_cancel(self: Any, row: Any, scope: str, at: datetime) -> Any:
        """Where a series that has begun ends; None where nothing of it remains. What took place stays."""
        if scope == "following":
            return row if self._before(row).exists() else None
        to_come = (
            self.occurrences.filter(starts_at__gt=at, original_at__gt=at).order_by("original_at").first()
        )
        if to_come is None:
            raise Refused(_("All its times are over."))
        return to_come if self._before(to_come).exists() else None

    def _split_from(
        self: Any,
        first: Any,
        row: Any,
        changes: dict[str, Any],
        guests: Guests | None,
        *,
        by: Any,
        at: datetime,
        cause: Any,
        announce: bool,
    ) -> Any:
        """The series ends before `first`; what follows is a series of its own with the changes."""
        before, day = self.pattern, wall(first.original_at, self.time_zone).date()
        rest = self._copy({}, first)
        rest.starts_at, rest.ends_at = before.slot_on(day).starts_at, before.slot_on(day).ends_at
        rest.repeat = going_on(self.repeat, before.first_day, day)
        shift = rest._put_times(row, changes)
        for name in set(changes) & {
            "title",
            "agenda",
            "place",
            "room",
            "reminder",
            "account",
            "contact",
            "deal",
        }:
            setattr(rest, name, changes[name])
        kept = self._exceptions(before, shift, self.occurrences.filter(original_at__gte=first.original_at))
        self._end_before(first)
        self._told_of_part(["repeat"], first, by=by, at=at, cause=cause)
        rest = self._plan_copy(rest, guests, by=by, at=at, cause=cause, announce=announce)
        rest._restore(kept)
        return rest

    def _end_before(self: Any, row: Any) -> None:
        """Over before this time; what was laid out from it on is taken back."""
        day = wall(row.original_at, self.time_zone).date()
        self.repeat = ending(self.repeat, day - timedelta(days=1))
        self.occurrences.filter(original_at__gte=row.original_at).delete()

    def _cancel_one(self: Any, row: Any) -> None:
        if row.held_at is not None:
            raise Refused(_("It was held, so it cannot be cancelled."))
        row.is_cancelled = True
        row.save(update_fields=["is_cancelled"])

    def _copy(self: Any, changes: dict[str, Any], row: Any) -> Any:
        times = {"starts_at": row.starts_at, "ends_at": row.ends_at, "room": row.room}
        said = {name: getattr(self, name) for name in COPIED} | times | changes
        return type(self)(uid=uuid4(), author=self.author, **said)

    def _plan_copy(
        self: Any, copy: Any, guests: Guests | None, *, by: Any, at: datetime, cause: Any, announce: bool
    ) -> Any:
        fields = {name: getattr(copy, name) for name in COPIED if name not in ("title", "owner")}
        there = self.participants.select_related("person", "contact").order_by("pk")
        was_announced = any(each.is_announced for each in there)
        same = Guests(
            tuple(each.person for each in there if each.person),
            tuple(each.contact for each in there if each.contact),
            tuple(each.email for each in there if not each.person and not each.contact),
        )
        return type(self).plan(
            title=copy.title,
            owner=copy.owner,
            guests=same if guests is None else guests,
            announce=announce or was_announced,
            by=by,
            at=at,
            cause=cause,
            **fields,
        )

    def _told_of_part(self: Any, fields: list[str], row: Any, *, by: Any, at: datetime, cause: Any) -> None:
        self.sequence += 1
        self.version += 1
        self.save()
        tell(facts.MeetingChanged(fields=fields, **self.named(row)), by=by, at=at, cause=cause)

    def _save_row(self: Any, row: Any, *, by: Any) -> None:
        room, self.room = self.room, row.room
        self._refuse_taken(row.room_id, [(row.starts_at, row.ends_at)], by=by)
        beside = self.occurrences.exclude(pk=row.pk).filter(
            is_cancelled=False, starts_at__lt=row.ends_at, ends_at__gt=row.starts_at
        )
        if beside.exists():
            raise Refused(_("Another time of the same series is then."))
        with one_at_a_time(row.room):
            row.save()
        self.room = room

    def _differing(self: Any, changes: dict[str, Any], row: Any) -> dict[str, Any]:
        """Only what is another than before; times against those of the occurrence shown."""
        shown = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        if self.repeat:
            shown["room"] = row.room
        return {
            name: value
            for name, value in changes.items()
            if value != (shown[name] if name in shown else getattr(self, name))
        }
