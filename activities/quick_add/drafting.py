"""A line as the task it would become: chips for what was understood, each to be fixed, and what `Task.plan` takes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, to_locale

from accounts.models import Channel
from activities.channels import kind_liked
from activities.due import at_local
from activities.models.task import Priority
from activities.models.task_template import TaskKind
from activities.quick_add import naming
from activities.quick_add.amounts import amount_of
from activities.quick_add.chips import AS_WORDS, MEETING, NOTE, NOTHING, TASK, Chip, Draft
from activities.quick_add.naming import Found, Named
from activities.quick_add.parsing import Parsed, Part, parse
from deals.queries import words
from foundation.money import money_text
from foundation.working_time import add_working_days
from users.calendars import calendar_of

QUICK_DAYS = (0, 1, 2, 7)
MINUTES_IN_HOUR = 60
MOST_TAGS = 5


def draft(line: str, *, person: Any, at: datetime, fixes: Mapping[str, str] | None = None) -> Draft:
    """`fixes` are what the person chose, by the chips' names; a choice that is no longer offered is forgotten."""
    now = at.astimezone(ZoneInfo(person.time_zone))
    parsed = _with_working_days(parse(line, now=now, language=person.language), person, now.date())
    made = _Drafting(parsed, person, now, dict(fixes or {}))
    return made.drafted()


class _Drafting:
    def __init__(self, parsed: Parsed, person: Any, now: datetime, fixes: dict[str, str]) -> None:
        self.parsed, self.person, self.now, self.fixes = parsed, person, now, fixes
        self.today = now.date()
        self.draft = Draft(parsed.line)
        self.taken: list[tuple[int, int]] = []
        self.channel = ""
        self.client: int | None = None

    def drafted(self) -> Draft:
        said = self.fixes.get("kind", "")
        wanted = said if said in {*TaskKind.values, MEETING, NOTE} else self.parsed.kind
        if self.parsed.label is not None:
            self.taken.append((self.parsed.label.start, self.parsed.label.end))
        if wanted != NOTE:
            self._when()
            self._how_long()
            self._how_urgent()
        self._settle(wanted)
        if wanted != NOTE:
            self._who()
        self._about()
        self._labels()
        self._what_kind(wanted)
        self.draft.title = self.parsed.title(*self.taken)
        return self.draft

    def _settle(self, wanted: str) -> None:
        self.draft.is_meeting = wanted == MEETING
        if wanted == NOTE:
            self.draft.becomes = NOTE
        elif wanted == MEETING and self.draft.starts_at:
            self.draft.becomes = MEETING

    def _when(self) -> None:
        moment, day, clock = (self._said(kind) for kind in ("moment", "day", "time"))
        if moment:
            then = datetime.fromisoformat(moment)
            self.draft.starts_at = at_local(then.date(), then.time(), self.person.time_zone)
        elif clock:
            hour = time.fromisoformat(clock)
            first = day or self._first_day(hour)
            # The words of a day that belong to the title keep their chip: the hour's own day has another.
            name = "day" if day or self.parsed.part("day") is None else "day_of_hour"
            day = self._chip(name, _("Day"), "calendar", self._days(first), first)
            if day and day != NOTHING:
                self.draft.starts_at = at_local(date.fromisoformat(day), hour, self.person.time_zone)
        elif not day:
            day = self._chip("day", _("Day"), "calendar", [(NOTHING, _("some day")), *self._days()], NOTHING)
        if self.draft.starts_at:
            self.draft.fields["due_at"] = self.draft.starts_at
        elif day and day not in (NOTHING, AS_WORDS):
            self.draft.fields["due_on"] = date.fromisoformat(day)

    def _said(self, kind: str) -> str:
        """What the words of that kind are taken for, with their chip; nothing where they are words of the title."""
        part = self.parsed.part(kind)
        if part is None:
            return ""
        label, icon = {
            "day": (_("Day"), "calendar"),
            "time": (_("Time"), "clock"),
            "moment": (_("When"), "clock"),
        }[kind]
        return self._part_chip(part, label, icon, self._in_words)

    def _part_chip(self, part: Part, label: str, icon: str, said: Any) -> str:
        options = [(reading, said(part.kind, reading)) for reading in part.readings]
        options.append((AS_WORDS, _("not this: “%(words)s” is part of the title") % {"words": part.text}))
        value = self._chip(part.kind, label, icon, options, part.readings[0], is_open=len(part.readings) > 1)
        if value == AS_WORDS:
            return ""
        self.taken.append((part.start, part.end))
        return value

    def _chip(
        self,
        name: str,
        label: str,
        icon: str,
        options: list[tuple[str, str]],
        first: str,
        *,
        is_open: bool = False,
    ) -> str:
        fixed = self.fixes.get(name)
        offered = dict(options)
        value = fixed if fixed in offered else first
        if all(chip.name != name for chip in self.draft.chips):
            self.draft.chips.append(
                Chip(name, label, icon, tuple(offered.items()), value, is_open and fixed not in offered)
            )
        return value

    def _first_day(self, hour: time) -> str:
        """An hour without a day is the next time the clock shows it."""
        ahead = 0 if hour > self.now.time() else 1
        return (self.today + timedelta(days=ahead)).isoformat()

    def _days(self, *more: str) -> list[tuple[str, str]]:
        ahead = [(self.today + timedelta(days=days)).isoformat() for days in QUICK_DAYS]
        return [(day, self._in_words("day", day)) for day in dict.fromkeys([*more, *ahead])]

    def _in_words(self, kind: str, reading: str) -> str:
        locale = to_locale(words.language())
        if kind == "time":
            return format_time(time.fromisoformat(reading), "short", locale=locale)
        if kind == "moment":
            then = datetime.fromisoformat(reading)
            return f"{words.day_text(then.date(), self.today)}, {format_time(then.time(), 'short', locale=locale)}"
        day = date.fromisoformat(reading)
        skeleton = "MMMEd" if day.year == self.today.year else "yMMMEd"
        named = format_skeleton(skeleton, day, locale=locale)
        return f"{words.day_text(day, self.today)} · {named}" if 0 <= (day - self.today).days <= 1 else named

    def _how_long(self) -> None:
        part = self.parsed.part("duration")
        if part and (value := self._part_chip(part, _("Takes"), "hourglass", _duration_text)):
            self.draft.fields["estimate"] = int(value)

    def _how_urgent(self) -> None:
        part = self.parsed.part("priority")
        if part is None or self._is_tag(part):
            return
        number = int(part.readings[0])
        options = [(str(value), str(label)) for value, label in Priority.choices]
        options.append((AS_WORDS, _("not this: “%(words)s” is part of the title") % {"words": part.text}))
        value = self._chip("priority", _("Priority"), "flag", options, str(number))
        if value != AS_WORDS:
            self.taken.append((part.start, part.end))
            self.draft.fields["priority"] = int(value)

    def _is_tag(self, part: Part) -> bool:
        return part.text.startswith("#") and naming.folded_tag(part.text) in self.tags

    @cached_property
    def tags(self) -> dict[str, tuple[int, str]]:
        """The tags that the line may name, by their folded names. One statement where it has a #."""
        return naming.tags(self.parsed)

    def _what_kind(self, wanted: str) -> None:
        """A meeting without an hour stays a to-do. No kind said: as the contact, or the client, likes to be reached."""
        options = [(value, str(label)) for value, label in TaskKind.choices]
        if self.draft.starts_at:
            options.append((MEETING, _("meeting")))
        options.append((NOTE, _("note")))
        liked = kind_liked(self.channel) if not self.parsed.kind else None
        first = wanted if wanted in dict(options) else liked or TaskKind.TODO
        value = self._chip("kind", _("Kind"), "category", options, first)
        if liked and value == liked:
            self.draft.notes.append(
                _("Reached best by: %(channel)s.") % {"channel": Channel(self.channel).label}
            )
        if wanted == MEETING and not self.draft.starts_at:
            self.draft.notes.append(_("Say the hour, and it becomes a meeting in the calendar."))
        if self.draft.becomes == TASK:
            self.draft.fields["kind"] = value

    def _who(self) -> None:
        self.draft.fields["owner"] = self.person
        named = naming.colleagues(self.person, self.parsed)
        if named is None:
            return
        reach = self.person.reach("activities.assign")
        is_guest = self.draft.becomes == MEETING  # anybody may be invited
        may = [
            each
            for each in named.found
            if is_guest or each.key == self.person.pk or reach.covers_person(each.key)
        ]
        if not may:
            self.draft.notes.append(_why_nobody(named))
            return
        value = self._named_chip(
            "owner",
            _("With") if is_guest else _("Who"),
            "user",
            Named(named.mention, tuple(may), named.taken),
            _("only me") if is_guest else _("me"),
        )
        if value:
            self.draft.fields["owner_id"] = int(value)
            self.taken.append(named.span)

    def _about(self) -> None:
        deal = naming.deals(self.person, self.parsed, without=self.tags)
        if deal is not None and not deal.found:
            said = deal.mention.words[0].text
            self.draft.notes.append(
                _("No tag and no open deal like “%(words)s”: it stays.") % {"words": said}
            )
        elif deal is not None and (value := self._named_chip("deal", _("Deal"), "layout-kanban", deal)):
            self.draft.fields["deal_id"] = int(value)
            self.taken.append(deal.span)
        account = _account_of(deal, self.draft.fields.get("deal_id"))
        for mention in naming.names(self.parsed):
            before, account = account, self._client_or_contact(mention, account)
            if (
                account is before is None and mention.start == 0
            ):  # “Remind Ivan Petrov”: what to do, then whom
                account = self._client_or_contact(replace(mention, words=mention.words[1:]), None)
        self.client = account
        self._how_much()

    def _how_much(self) -> None:
        """A sum stays in the words, shown as it was understood; it tells which of the client's deals is meant."""
        part = self.parsed.part("amount")
        if part is None:
            return
        language = words.language()
        options = [(reading, _sum_text(reading, language)) for reading in part.readings]
        value = self._chip("amount", _("Amount"), "coins", [*options, (NOTHING, _("no amount"))], part.readings[0],
                           is_open=len(options) > 1)  # fmt: skip
        if value == NOTHING or self.client is None or any(chip.name == "deal" for chip in self.draft.chips):
            return
        worth = naming.deals_worth(self.person, self.client, *amount_of(value), part)
        if worth.found and (key := self._named_chip("deal", _("Deal"), "layout-kanban", worth)):
            self.draft.fields["deal_id"] = int(key)

    def _labels(self) -> None:
        """Tags are the client's: without one they stay words of the title."""
        for place, (start, end, said) in enumerate(naming.tag_spans(self.parsed, self.tags)[:MOST_TAGS]):
            key, name = self.tags[said]
            if self.client is None:
                self.draft.notes.append(
                    _("“%(tag)s” is a tag of clients: name one to tag it.") % {"tag": name}
                )
                continue
            if not naming.may_tag(self.person, self.client):
                self.draft.notes.append(
                    _("This client's tags are not yours to change: “%(tag)s” stays.") % {"tag": name}
                )
                continue
            options = [
                (str(key), name),
                (AS_WORDS, _("not this: “%(words)s” is part of the title") % {"words": said}),
            ]
            value = self._chip(f"tag{place or ''}", _("Tag"), "tag", options, str(key))
            if value != AS_WORDS:
                self.draft.tags[key] = name
                self.taken.append((start, end))

    def _client_or_contact(self, mention: Any, account: int | None) -> int | None:
        """A contact, of the client that is known already where one is; else a client. The words stay in the title,
        where they read well. Both may be meant: then the contact is taken, who brings the client along."""
        fields = self.draft.fields
        contact = naming.contacts(self.person, mention) if "contact_id" not in fields else Named(mention, ())
        theirs = tuple(each for each in contact.found if account in (None, each.account))
        client = naming.clients(self.person, mention) if account is None else Named(mention, ())
        if theirs:
            value = self._named_chip("contact", _("Contact"), "user", Named(mention, theirs, contact.taken))
            if value:
                fields["contact_id"] = int(value)
                self.channel = _channel_of(contact, int(value)) or self.channel
                return _account_of(contact, int(value))
        if client.found and (value := self._named_chip("account", _("Client"), "building", client)):
            fields["account_id"] = int(value)
            self.channel = self.channel or _channel_of(client, int(value))
            return int(value)
        return account

    def _named_chip(self, name: str, label: str, icon: str, named: Named, otherwise: str = "") -> str:
        """One found is taken; among several the person chooses, and nobody chooses for them."""
        options = [(str(each.key), each.name) for each in named.found]
        options.append((NOTHING, otherwise or _("none of them")))
        first = options[0][0] if len(named.found) == 1 else NOTHING
        value = self._chip(name, label, icon, options, first, is_open=len(named.found) > 1)
        return "" if value == NOTHING else value


def _with_working_days(parsed: Parsed, person: Any, today: date) -> Parsed:
    """“In three working days” counted in the person's own calendar; its statements are asked only then."""
    if not any(part.readings[0].startswith("+") for part in parsed.parts):
        return parsed
    calendar = calendar_of(person)
    parts = [
        replace(part, readings=(add_working_days(today, int(part.readings[0]), calendar).isoformat(),))
        if part.readings[0].startswith("+")
        else part
        for part in parsed.parts
    ]
    return replace(parsed, parts=tuple(parts))


def _found(named: Named | None, key: int | None) -> Found | None:
    return next((each for each in named.found if each.key == key), None) if named and key else None


def _account_of(named: Named | None, key: int | None) -> int | None:
    found = _found(named, key)
    return found.account if found else None


def _channel_of(named: Named, key: int) -> str:
    found = _found(named, key)
    return found.channel if found else ""


def _sum_text(reading: str, language: str) -> str:
    number, currency = amount_of(reading)
    if not currency:
        return formats.number_format(number, use_l10n=True, force_grouping=True)
    return money_text(number, currency, language)


def _why_nobody(named: Named) -> str:
    if not named.found:
        return _("Nobody here is called “%(name)s”: it stays in the title.") % {
            "name": named.mention.words[0].text
        }
    return _("You may not give tasks to %(name)s: the task stays yours.") % {"name": named.found[0].name}


def _duration_text(_kind: str, minutes: str) -> str:
    hours, rest = divmod(int(minutes), MINUTES_IN_HOUR)
    said = []
    if hours:
        said.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if rest:
        said.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(said)
