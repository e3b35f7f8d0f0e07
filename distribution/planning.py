"""What would become of records: which rule decides and to whom it gives. Reads only; the same for a trial."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from accounts.models import Account
from accounts.territories import territories_of
from deals.models import Deal
from distribution import conditions
from distribution.choosing import Candidate, Choice, LeftOut, choose, give
from distribution.models import DistributionRule, Method, Otherwise, Record
from distribution.standing import Standings
from users.heads import heads_of
from users.models import User

SHORTEST_WAIT = timedelta(minutes=1)


class Outcome(StrEnum):
    GIVEN = "given"
    FALLBACK = "fallback"
    WAITING = "waiting"
    NO_RULE = "no_rule"


@dataclass(frozen=True)
class Subject:
    """A record to be given. `since`: waiting from then on."""

    key: int
    account_id: int | None
    since: datetime


@dataclass(frozen=True)
class Decision:
    """`until` is when a waiting record is asked about again."""

    outcome: Outcome
    rule: DistributionRule | None = None
    person: User | None = None
    candidate: Candidate | None = None
    place: int = 0
    among: int = 0
    left_out: tuple[LeftOut, ...] = ()
    until: datetime | None = None


class Planner:
    """Decides about records one after the other; each decision counts for the next. Read what is asked of many
    with `prepare` first."""

    def __init__(self, record: str, rules: Sequence[DistributionRule], at: datetime) -> None:
        self.record, self.rules, self.at = record, rules, at
        self.standings = Standings(record, rules, at)
        self._fitting: dict[int, set[int]] = {}
        self._territories: dict[int, Any] = {}
        self._known: dict[int, int] = {}
        self._fallbacks: dict[int, User] = {}

    def prepare(self, subjects: Sequence[Subject]) -> None:
        keys = [subject.key for subject in subjects]
        if any(rule.method == Method.TERRITORY or rule.territories.all() for rule in self.rules):
            accounts = {subject.account_id for subject in subjects if subject.account_id is not None}
            self._territories = territories_of(accounts)
        if any(rule.method == Method.KNOWN for rule in self.rules):
            self._known = _who_knows(self.record, subjects)
        for rule in self.rules:
            fitting = conditions.fitting(self.record, rule.query, keys) if rule.query else set(keys)
            self._fitting[rule.pk] = fitting & self._in_territories(rule, subjects)

    def decide(self, subject: Subject) -> Decision:
        passed: tuple[LeftOut, ...] = ()
        asked = None
        for rule in self.rules:
            if subject.key not in self._fitting[rule.pk]:
                continue
            asked = rule
            choice = choose(self._candidates(rule, subject), rule.method, rule.presence, self.at)
            if choice.candidate is not None:
                return self._given(rule, choice)
            passed = tuple(dict.fromkeys((*passed, *choice.left_out)))
            if rule.otherwise == Otherwise.WAIT and (until := self._until(rule, choice, subject)):
                return Decision(Outcome.WAITING, rule, left_out=passed, until=until)
            if rule.otherwise != Otherwise.NEXT:
                break
        if asked is None:
            return Decision(Outcome.NO_RULE)
        return Decision(Outcome.FALLBACK, asked, self._fallback(asked), left_out=passed)

    def _candidates(self, rule: DistributionRule, subject: Subject) -> Sequence[Candidate]:
        match rule.method:
            case Method.TERRITORY:
                territory = self._territories.get(subject.account_id or 0)
                return self.standings.named(rule, territory.person_id if territory else None)
            case Method.KNOWN:
                return self.standings.named(rule, self._known.get(subject.key))
        return self.standings.candidates(rule)

    def _given(self, rule: DistributionRule, choice: Choice) -> Decision:
        candidate = choice.candidate
        assert candidate is not None
        give(candidate, self.standings.next_turn(rule))
        person = self.standings.people[candidate.colleague.pk]
        return Decision(Outcome.GIVEN, rule, person, candidate, choice.place, choice.among, choice.left_out)

    def _until(self, rule: DistributionRule, choice: Choice, subject: Subject) -> datetime | None:
        """When to ask again; None where nobody could take it before the wait is over."""
        ends = subject.since + timedelta(hours=rule.hours_to_wait)
        opens = choice.opens_at
        if opens is None or opens > ends or self.at >= ends:
            return None
        return max(opens, self.at + SHORTEST_WAIT)

    def _fallback(self, rule: DistributionRule) -> User:
        """Whom the rule names; where they left, their head, or else an administrator."""
        if rule.pk not in self._fallbacks:
            self._fallbacks[rule.pk] = _or_their_head(rule.fallback)
        return self._fallbacks[rule.pk]

    def _in_territories(self, rule: DistributionRule, subjects: Sequence[Subject]) -> set[int]:
        wanted = {territory.pk for territory in rule.territories.all()}
        return {
            subject.key
            for subject in subjects
            if not wanted
            or ((lies := self._territories.get(subject.account_id or 0)) is not None and lies.pk in wanted)
        }


def _who_knows(record: str, subjects: Sequence[Subject]) -> dict[int, int]:
    """The owner of a deal's client; of a lead its parent company's owner, else that of its latest open deal."""
    accounts = [subject.account_id for subject in subjects if subject.account_id is not None]
    if record == Record.DEAL:
        owners = dict(Account.objects.filter(pk__in=accounts).order_by().values_list("pk", "owner_id"))
        known = {subject.key: owners.get(subject.account_id or 0) for subject in subjects}
    else:
        dealing = Deal.objects.open().filter(account__in=accounts, owner__isnull=False)
        known = dict(dealing.order_by("opened_at", "pk").values_list("account_id", "owner_id"))
        parents = Account.objects.filter(pk__in=accounts, parent__owner__isnull=False).order_by()
        known |= dict(parents.values_list("pk", "parent__owner_id"))
    return {key: owner for key, owner in known.items() if owner is not None}


def _or_their_head(person: User) -> User:
    tried: set[int] = set()
    while not person.is_active and person.pk not in tried:
        tried.add(person.pk)
        head = heads_of([person])[person.pk]
        above = User.objects.filter(pk=head).first() if head else None
        if above is None:
            break
        person = above
    if person.is_active:
        return person
    administrators = User.objects.active().filter(roles__grants__verb="admin.configure")
    return administrators.order_by("pk").distinct()[0]
