"""How the candidates of rules stand now: who they are, when they work, what they have, whose turn it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum

from accounts.models import Account, AccountRole
from deals.models import StageKind
from deals.models.funnel import StageTotal
from distribution.choosing import Candidate, Colleague
from distribution.models import Allotment, DistributionCandidate, DistributionRule, Method, Record, Turn
from foundation.errors import Refused
from foundation.working_time import Calendar, add_working_time
from lists.where.days import begins
from users.calendars import calendars_of
from users.models import User
from users.presence import away

LEAST = timedelta(microseconds=1)


class Standings:
    """Read once for a moment and a kind of record, then kept as things are given. Some eight statements a rule."""

    def __init__(self, record: str, rules: Sequence[DistributionRule], at: datetime) -> None:
        self.record, self.at = record, at
        # Whole thousands of leads are counted only where a rule asks how many somebody has.
        self.counts_open = any(
            rule.method == Method.LOAD or any(line.most_open is not None for line in rule.lines)
            for rule in rules
        )
        self.people: dict[int, User] = {}
        self._colleagues: dict[int, Colleague] = {}
        self._candidates: dict[int, list[Candidate]] = {}
        self._turns: dict[int, int] = {}

    def candidates(self, rule: DistributionRule) -> list[Candidate]:
        """In the order of the rule's lines, of a department or a role by name. Only who works here."""
        if rule.pk not in self._candidates:
            self._candidates[rule.pk] = self._read(rule)
        return self._candidates[rule.pk]

    def named(self, rule: DistributionRule, person_id: int | None) -> list[Candidate]:
        """Only this person: by their line where the rule has any, else without limits."""
        if person_id is None:
            return []
        candidates = self.candidates(rule)
        if not candidates and not rule.lines:  # type: ignore[attr-defined]
            people = User.objects.active().filter(pk=person_id)
            candidates = self._named_before(rule, person_id) or self._known(people)
        return [each for each in candidates if each.colleague.pk == person_id]

    def next_turn(self, rule: DistributionRule) -> int:
        self._turns[rule.pk] = self._turns.get(rule.pk, 0) + 1
        return self._turns[rule.pk]

    def _named_before(self, rule: DistributionRule, person_id: int) -> list[Candidate]:
        colleague = self._colleagues.get(person_id)
        return [Candidate(colleague)] if colleague else []

    def _known(self, people: Iterable[User]) -> list[Candidate]:
        people = list(people)
        self._meet(people)
        return [Candidate(self._colleagues[person.pk]) for person in people]

    def _read(self, rule: DistributionRule) -> list[Candidate]:
        found: dict[int, tuple[User, DistributionCandidate]] = {}
        for line in rule.lines:  # type: ignore[attr-defined]
            for person in people_of(line):
                found.setdefault(person.pk, (person, line))
        self._meet([person for person, _line in found.values()])
        last = dict(Turn.objects.filter(rule=rule).values_list("person_id", "last"))
        self._turns[rule.pk] = max(last.values(), default=0)
        return [
            Candidate(
                self._colleagues[key],
                last=last.get(key, 0),
                per_day=line.per_day,
                per_month=line.per_month,
                most_open=line.most_open,
                capacity=line.capacity,
            )
            for key, (_person, line) in found.items()
        ]

    def _meet(self, people: Sequence[User]) -> None:
        """Read what is not known yet of these people."""
        new = [person for person in people if person.pk not in self._colleagues]
        if not new:
            return
        keys = [person.pk for person in new]
        back, calendars = away(keys, self.at), calendars_of(new)
        load = open_by_owner(self.record, keys) if self.counts_open else {}
        for person in new:
            self.people[person.pk] = person
            midnight, month = _bounds(self.at, person.time_zone)
            self._colleagues[person.pk] = Colleague(
                person.pk,
                person.name,
                back_at=back.get(person.pk),
                works_at=works_from(calendars[person.pk], max(self.at, back.get(person.pk, self.at))),
                tomorrow_at=midnight,
                next_month_at=month,
                open=load.get(person.pk, 0),
            )
        for key, today, this_month in self._given(new):
            self._colleagues[key].today, self._colleagues[key].this_month = today, this_month

    def _given(self, people: Sequence[User]) -> Iterable[tuple[int, int, int]]:
        """(person, today, this month) by the clock of each; one statement a zone."""
        zones: dict[str, list[int]] = {}
        for person in people:
            zones.setdefault(person.time_zone, []).append(person.pk)
        for zone, keys in zones.items():
            day = self.at.astimezone(ZoneInfo(zone)).date()
            midnight, month = begins(day, ZoneInfo(zone)), begins(day.replace(day=1), ZoneInfo(zone))
            given = Allotment.objects.filter(
                person__in=keys, record=self.record, is_fallback=False, at__gte=month
            )
            counted = given.order_by().values("person")
            counted = counted.annotate(today=Count("pk", filter=Q(at__gte=midnight)), this_month=Count("pk"))
            yield from counted.values_list("person", "today", "this_month")


def people_of(line: DistributionCandidate) -> list[User]:
    """Those a line of a rule names, who work here."""
    if line.person is not None:
        return [line.person] if line.person.is_active else []
    people: Any = User.objects.active().order_by("sort_key", "pk")
    if line.department is not None:
        return list(people.below(line.department))
    return list(people.filter(roles=line.role))


def open_by_owner(record: str, keys: Sequence[int]) -> dict[int, int]:
    """How many open deals, or leads, each of these people has. One statement."""
    if record == Record.DEAL:
        totals = StageTotal.objects.filter(owner__in=keys, stage__kind=StageKind.OPEN).order_by()
        return dict(totals.values("owner").annotate(n=Sum("deals")).values_list("owner", "n"))
    leads = Account.objects.in_role(AccountRole.LEAD).filter(owner__in=keys).order_by()
    return dict(leads.values("owner").annotate(n=Count("pk")).values_list("owner", "n"))


def works_from(calendar: Calendar, moment: datetime) -> datetime | None:
    """The first working moment from this one on; None where the calendar has none."""
    try:
        steps = add_working_time(moment, LEAST, calendar).steps
    except Refused:
        return None
    return steps[-1].intervals[0][0]


def _bounds(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """When tomorrow and the next month begin there."""
    day = at.astimezone(ZoneInfo(zone)).date()
    month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return begins(day + timedelta(days=1), ZoneInfo(zone)), begins(month, ZoneInfo(zone))
