"""What the demo company wants to know of its clients, and what it knows by now: fields, answers, relations, consents.

It draws from dice of its own, so that the rest of the story stays as it was.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Account, Consent, ConsentPurpose, Criterion, Relation, RelationKind
from accounts.models.criterion import Answer, Part
from accounts.testing import make_custom_field
from crm.demo import knowing_words as words
from crm.demo.clients import Client
from crm.demo.company import Company
from crm.demo.stage import Stage
from deals.models import StageRule
from deals.requirements import Need
from distribution.testing import make_distribution_rule
from lists.models import SavedView
from lists.models.saved_view import Scope
from users.models import User

SEED = 7
NEWS = "news"


def make_questions(company: Company) -> list[Criterion]:
    """What is asked on every card: fields of its own, and criteria."""
    for position, (key, kind, label, parts) in enumerate(words.FIELDS):
        make_custom_field(key, kind, label=label, position=position, **parts)
    return Criterion.objects.bulk_create(
        Criterion(question=question, help_text=help_text, part=part, weight=weight, position=place)
        for place, (question, help_text, part, weight) in enumerate(words.CRITERIA)
    )


def plan_knowledge(criteria: Sequence[Criterion], clients: Sequence[Client], stage: Stage) -> None:
    """Learnt in the weeks after a client came; the two of the outsider stay strangers to the others."""
    dice = random.Random(SEED)
    companies = [each for each in clients[:-2] if not each.is_person]
    for client in companies:
        days = (stage.now - client.since).days
        learnt = client.since + timedelta(days=dice.uniform(0.5, 0.9) * days)
        stage.plan(learnt, _learn(client, criteria, dice))
    _plan_relations(companies, stage, dice)


def make_rules(company: Company, now: datetime) -> None:
    """How the company works from now on: what a stage asks for, who gets new leads, and views everybody uses."""
    # Nothing is agreed without an amount and a day.
    agreed = company.renewals.stages.all()[2]
    StageRule.objects.create(stage=agreed, needs=[Need.AMOUNT, Need.EXPECTED_CLOSE])
    make_distribution_rule(
        "New leads without an owner",
        {"department": company.cast.sales},
        fallback=company.cast.head,
        query="role=lead",
        first_step="Call the new lead",
    )
    for key, name, icon, query, parts in words.VIEWS:
        fields: Any = {"scope": Scope.EVERYONE, **parts}
        SavedView.create(list=key, name=name, icon=icon, query=query, by=company.cast.head, at=now, **fields)


def _learn(client: Client, criteria: Sequence[Criterion], dice: random.Random) -> Any:
    """Everything random is drawn now, so that the order of playing does not change it."""
    custom: dict[str, Any] = {
        "rooms": Decimal(dice.randrange(2, 240)),
        "delivery_days": sorted(dice.sample(words.DAYS, dice.choice([1, 2]))),
        "style": dice.choice(words.STYLES),
    }
    custom = {key: value for key, value in custom.items() if dice.random() < 0.7}
    said = [
        (each, dice.choices(["yes", "no"], [70, 30])[0])
        for each in criteria
        if dice.random() < (0.5 if each.part == Part.PORTRAIT else 0.6)
    ]
    allows = dice.choices([True, False, None], [45, 15, 40])[0]

    def learn(at: datetime) -> None:
        account, by = client.account, client.owner
        assert account is not None
        if custom:
            account.change({"custom": custom}, by=by, at=at)
        for criterion, word in said:
            Answer.give(account, criterion, word, by=by, at=at)
        if allows is not None and client.contacts:
            _allow(account, client.contacts[0], allows, at.date(), by, at)

    return learn


def _allow(account: Account, contact: Any, is_given: bool, on: date, by: User | None, at: datetime) -> None:
    purpose = ConsentPurpose.objects.get(key=NEWS)
    source = words.CONSENT_SOURCES[0 if is_given else 1]
    Consent.record(
        account,
        contact,
        purpose=purpose,
        channel="email",
        is_given=is_given,
        source=source,
        on=on,
        by=by,
        at=at,
    )


def _plan_relations(companies: Sequence[Client], stage: Stage, dice: random.Random) -> None:
    """A holding with branches in each language, and pairs who referred one another or work together."""
    kinds = {kind.key: kind for kind in RelationKind.objects.all()}
    for is_russian in (False, True):
        among = [each for each in companies if each.is_russian == is_russian]
        dice.shuffle(among)
        parent, *others = among
        pairs = [("holding", parent, each) for each in others[:3]]
        pairs += [("referrer", others[3], others[4]), ("partner", others[5], others[6])]
        for key, one, other in pairs:
            since = max(one.since, other.since) + timedelta(hours=2)
            stage.plan(min(since, stage.now), _tie(kinds[key], one, other))


def _tie(kind: RelationKind, one: Client, other: Client) -> Any:
    def tie(at: datetime) -> None:
        assert one.account is not None
        assert other.account is not None
        Relation.tie(kind, one.account, other.account, by=other.owner, at=at)

    return tie
