"""A line as the task it would become: chips for what was understood, each to be fixed, and what `Task.plan` takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, to_locale

from activities.due import at_local
from activities.models.task import Priority
from activities.models.task_template import TaskKind
from activities.quick_add import naming
from activities.quick_add.naming import Named
from activities.quick_add.parsing import Parsed, Part, parse
from deals.queries import words
from foundation.errors import Refused

AS_WORDS = "words"  # these words belong to the title
NOTHING = "none"
FIX = "fix_"
QUICK_DAYS = (0, 1, 2, 7)
MINUTES_IN_HOUR = 60


@dataclass(frozen=True)
class Chip:
    """One thing understood. `is_open`: it can be meant in several ways and nobody has said which."""

    name: str
    label: Any
    icon: str
    options: tuple[tuple[str, str], ...]
    value: str
    is_open: bool = False

    @property
    def field(self) -> str:
        return FIX + self.name


@dataclass
class Draft:
    line: str
    title: str = ""
    chips: list[Chip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    is_meeting: bool = False
    starts_at: datetime | None = None


def draft(line: str, *, person: Any, at: datetime, fixes: Mapping[str, str] | None = None) -> Draft:
    """`fixes` are what the person chose, by the chips' names; a choice that is no longer offered is forgotten."""
    now = at.astimezone(ZoneInfo(person.time_zone))
    parsed = parse(line, now=now, language=person.language)
    made = _Drafting(parsed, person, now, dict(fixes or {}))
    return made.drafted()


def refuse_without_words(drafted: Draft) -> None:
    if not drafted.title:
        raise Refused(_("Say what is to be done: no words are left for the title."))


class _Drafting:
    def __init__(self, parsed: Parsed, person: Any, now: datetime, fixes: dict[str, str]) -> None:
        self.parsed, self.person, self.now, self.fixes = parsed, person, now, fixes
        self.today = now.date()
        self.draft = Draft(parsed.line)
        self.taken: list[tuple[int, int]] = []

    def drafted(self) -> Draft:
        self._when()
        self._how_long()
        self._how_urgent()
        self._what_kind()
        self._who()
        self._about()
        self.draft.title = self.parsed.title(*self.taken)
        return self.draft

    def _when(self) -> None:
        moment, day, clock = (self._said(kind) for kind in ("moment", "day", "time"))
        if moment:
            then = datetime.fromisoformat(moment)
            self.draft.starts_at = at_local(then.date(), then.time(), self.person.time_zone)
        elif clock:
            hour = time.fromisoformat(clock)
            first = day or self._first_day(hour)
            day = self._chip("day", _("Day"), "calendar", self._days(first), first)
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
        if part is None:
            return
        number = int(part.readings[0])
        options = [(str(value), str(label)) for value, label in Priority.choices]
        options.append((AS_WORDS, _("not this: “%(words)s” is part of the title") % {"words": part.text}))
        value = self._chip("priority", _("Priority"), "flag", options, str(number))
        if value != AS_WORDS:
            self.taken.append((part.start, part.end))
            self.draft.fields["priority"] = int(value)

    def _what_kind(self) -> None:
        """A meeting is planned on its own form: a to-do is made, and the form offered."""
        said = self.parsed.kind
        self.draft.is_meeting = said == "meeting"
        first = said if said in TaskKind.values else TaskKind.TODO
        options = [(value, str(label)) for value, label in TaskKind.choices]
        self.draft.fields["kind"] = self._chip("kind", _("Kind"), "category", options, first)

    def _who(self) -> None:
        self.draft.fields["owner"] = self.person
        named = naming.colleagues(self.person, self.parsed)
        if named is None:
            return
        reach = self.person.reach("activities.assign")
        may = [each for each in named.found if each[0] == self.person.pk or reach.covers_person(each[0])]
        if not may:
            self.draft.notes.append(_why_nobody(named))
            return
        value = self._named_chip(
            "owner", _("Who"), "user", Named(named.mention, tuple(may), named.taken), _("me")
        )
        if value:
            self.draft.fields["owner_id"] = int(value)
            self.taken.append(named.span)

    def _about(self) -> None:
        deal = naming.deals(self.person, self.parsed)
        if deal is not None and not deal.found:
            said = deal.mention.words[0].text
            self.draft.notes.append(
                _("No open deal like “%(words)s”: it stays in the title.") % {"words": said}
            )
        elif deal is not None and (value := self._named_chip("deal", _("Deal"), "layout-kanban", deal)):
            self.draft.fields["deal_id"] = int(value)
            self.taken.append(deal.span)
        account = _account_of(deal, self.draft.fields.get("deal_id"))
        for mention in naming.names(self.parsed):
            account = self._client_or_contact(mention, account)

    def _client_or_contact(self, mention: Any, account: int | None) -> int | None:
        """A contact, of the client that is known already where one is; else a client. The words stay in the title,
        where they read well. Both may be meant: then the contact is taken, who brings the client along."""
        fields = self.draft.fields
        contact = naming.contacts(self.person, mention) if "contact_id" not in fields else Named(mention, ())
        theirs = tuple(each for each in contact.found if account in (None, each[2]))
        client = naming.clients(self.person, mention) if account is None else Named(mention, ())
        if theirs:
            value = self._named_chip("contact", _("Contact"), "user", Named(mention, theirs, contact.taken))
            if value:
                fields["contact_id"] = int(value)
                return _account_of(contact, int(value))
        if client.found and (value := self._named_chip("account", _("Client"), "building", client)):
            fields["account_id"] = int(value)
            return int(value)
        return account

    def _named_chip(self, name: str, label: str, icon: str, named: Named, otherwise: str = "") -> str:
        """One found is taken; among several the person chooses, and nobody chooses for them."""
        options = [(str(key), said) for key, said, _account in named.found]
        options.append((NOTHING, otherwise or _("none of them")))
        first = options[0][0] if len(named.found) == 1 else NOTHING
        value = self._chip(name, label, icon, options, first, is_open=len(named.found) > 1)
        return "" if value == NOTHING else value


def _account_of(named: Named | None, key: int | None) -> int | None:
    return (
        next((account for each, _name, account in named.found if each == key), None)
        if named and key
        else None
    )


def _why_nobody(named: Named) -> str:
    if not named.found:
        return _("Nobody here is called “%(name)s”: it stays in the title.") % {
            "name": named.mention.words[0].text
        }
    return _("You may not give tasks to %(name)s: the task stays yours.") % {"name": named.found[0][1]}


def _duration_text(_kind: str, minutes: str) -> str:
    hours, rest = divmod(int(minutes), MINUTES_IN_HOUR)
    said = []
    if hours:
        said.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if rest:
        said.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(said)
