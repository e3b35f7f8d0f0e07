"""A condition finds the same records as a function of values and as SQL: on random conditions and rows with gaps."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Account, Contact, Industry, Source, Tag
from accounts.testing import make_custom_field
from activities.models import Task
from catalog.models import Product
from deals.models import Deal, DealContact, DealLine
from deals.testing import make_loss_reason, make_pipeline
from foundation.automation import subject
from processes.conditions.checking import checked, fields_of
from processes.conditions.closure import compile_closure
from processes.conditions.loading import fields_needed, values_of_many
from processes.conditions.query import as_q
from processes.conditions.reading import read
from processes.conditions.text import as_text, from_text
from processes.conditions.tree import LIST, OPS, RELATIVE, ops_of

pytestmark = pytest.mark.django_db

CONDITIONS = int(os.environ.get("CRM_RANDOM_CONDITIONS", "1200"))
NOW = datetime(2027, 3, 28, 9, 30, tzinfo=UTC)
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Apia", "Asia/Beirut"]
WORDS = [
    "Roses",
    "roses",
    "ROSE",
    "Straße",
    "Ёлка",
    "ёлка",
    "100%",
    "a_b",
    "a\\b",
    "é",
    "x'y",
    " ",
    "İ",
    "ǆ",
    "µ",
]
DAYS = [date(2027, 3, 28) + timedelta(days=n) for n in (-400, -8, -7, -6, -1, 0, 1, 6, 7, 8, 300)]
MOMENTS = [
    datetime(2027, 3, 27, 22, 59, 59, 999999, tzinfo=UTC),
    datetime(2027, 3, 27, 23, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 4, 0, 0, 1, tzinfo=UTC),
    datetime(2027, 3, 27, 18, 15, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2027, 4, 4, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 20, 12, 0, tzinfo=UTC),
]
NUMBERS = ["0", "0.5", "1", "2.50", "3", "99.99", "100", "100.00", "1000000", "-1", "99999999999999.99"]


def some_of(dice, values, least=0):
    return dice.sample(values, dice.randint(least, len(values)))


def maybe(dice, values):
    return dice.choice([None, *values])


@pytest.fixture
def world(cast):
    """Sixty deals, thirty clients, their people, products and tasks, with whatever may be missing missing at random."""
    dice = random.Random(7)
    people = [cast.salesperson, cast.colleague, cast.head]
    pipelines = [make_pipeline("Sales"), make_pipeline("Partners", position=1)]
    words = {
        model: [model.objects.create(name=n) for n in ("One", "Two")] for model in (Industry, Source, Tag)
    }
    for record in ("client", "deal", "contact"):
        make_custom_field("area", "number", record=record, decimals=2)
        make_custom_field("code", "text", record=record)
        make_custom_field("begins_on", "date", record=record)
        make_custom_field("size", "choice", record=record, options={"s": "Small", "l": "Large"})
        make_custom_field("uses", "choices", record=record, options={"a": "A", "b": "B", "c": "C"})
    accounts = _clients(dice, people, words)
    contacts = Contact.objects.bulk_create(
        Contact(
            account=dice.choice(accounts), name=dice.choice(WORDS), position=dice.choice(["", *WORDS]),
            has_left=dice.random() < 0.3, custom=_custom(dice), sort_key="x", search_text="x",
        )
        for _ in range(40)
    )  # fmt: skip
    deals = _deals(dice, people, words, pipelines, accounts)
    _parts(dice, cast, deals, contacts)
    return cast


def _custom(dice):
    found = {
        "area": maybe(dice, [Decimal(n) for n in NUMBERS[:6]]), "code": maybe(dice, WORDS),
        "begins_on": maybe(dice, [day.isoformat() for day in DAYS]), "size": maybe(dice, ["s", "l"]),
        "uses": sorted(some_of(dice, ["a", "b", "c"])),
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _clients(dice, people, words):
    made = Account.objects.bulk_create(
        Account(
            name=dice.choice(WORDS), roles=some_of(dice, ["client", "lead", "partner"], 1),
            owner=maybe(dice, people), industry=maybe(dice, words[Industry]), source=maybe(dice, words[Source]),
            employees=maybe(dice, [0, 1, 3, 100]), annual_revenue=maybe(dice, [Decimal(n) for n in NUMBERS[:9]]),
            founded_year=maybe(dice, [1000, 2027]), website=dice.choice(["", "https://a.example"]),
            preferred_channel=dice.choice(["", "email"]), created_at=dice.choice(MOMENTS),
            last_event_at=maybe(dice, MOMENTS), custom=_custom(dice), sort_key="x", search_text="x",
        )
        for _ in range(30)
    )  # fmt: skip
    for account in made:
        account.tags.set(some_of(dice, words[Tag]))
        if dice.random() < 0.4 and account != made[0]:
            Account.objects.filter(pk=account.pk).update(parent=made[0])
    return made


def _deals(dice, people, words, pipelines, accounts):
    stages = [stage for pipeline in pipelines for stage in pipeline.stages.all()]
    reason = make_loss_reason()

    def deal():
        stage = dice.choice(stages)
        is_open = stage.kind == "open"
        return Deal(
            title=dice.choice(WORDS), account=maybe(dice, accounts), pipeline_id=stage.pipeline_id, stage=stage,
            state=stage.kind, owner=maybe(dice, people), amount=maybe(dice, [Decimal(n) for n in NUMBERS[:9]]),
            currency=dice.choice(["USD", "EUR"]), base_amount=maybe(dice, [Decimal("100"), Decimal("2.5")]),
            rate_on=DAYS[0], source=maybe(dice, words[Source]), expected_close_on=maybe(dice, DAYS),
            next_step=dice.choice(["", *WORDS]), next_step_on=maybe(dice, DAYS),
            loss_reason=reason if stage.kind == "lost" else None, probability=maybe(dice, [0, 1, 3, 100]),
            opened_at=dice.choice(MOMENTS), opened_on=DAYS[0], entered_stage_at=dice.choice(MOMENTS),
            closed_at=None if is_open else dice.choice(MOMENTS), closed_on=None if is_open else DAYS[0],
            last_touch_at=maybe(dice, MOMENTS), next_meeting_at=maybe(dice, MOMENTS), custom=_custom(dice),
            search_text="x",
        )  # fmt: skip

    return Deal.objects.bulk_create(deal() for _ in range(60))


def _parts(dice, cast, deals, contacts):
    products = [Product.objects.create(name=name, price=5) for name in ("Rose", "Lily")]
    for deal in deals:
        DealLine.objects.bulk_create(
            DealLine(
                deal=deal,
                product=product,
                quantity=dice.choice([Decimal("0.5"), Decimal(1), Decimal("2.500")]),
            )
            for product in some_of(dice, products)
        )
        DealContact.objects.bulk_create(
            DealContact(deal=deal, contact=contact, role=dice.choice(["decides", "pays"]))
            for contact in dice.sample(contacts, dice.choice([0, 0, 1, 3]))
        )
        Task.objects.bulk_create(
            Task(
                title=dice.choice(WORDS), deal=deal, account=deal.account, owner=cast.salesperson,
                author=cast.head, planned_at=dice.choice(MOMENTS), estimate=maybe(dice, [0, 15]),
                priority=dice.choice([1, 2, 3]), outcome=dice.choice(["", "done"]), search_text="x",
            )
            for _ in range(dice.choice([0, 0, 1, 2]))
        )  # fmt: skip


class Grower:
    """Random conditions over the fields of a subject, as they would be kept."""

    def __init__(self, dice, kind):
        self.dice, self.kind = dice, kind
        self.offered = {}

    def tree(self, kind, depth):
        roll = self.dice.random()
        if depth and roll < 0.45:
            parts = [self.tree(kind, depth - 1) for _ in range(self.dice.choice([0, 1, 2, 2, 3]))]
            return {self.dice.choice(["all", "any"]): parts}
        if depth and roll < 0.62:
            return {"not": self.tree(kind, depth - 1)}
        fields = self.fields(kind)
        if depth and roll < 0.75:
            lists = [field for field in fields if field.kind == LIST]
            if lists:
                field = self.dice.choice(lists)
                return {"some": [field.name, self.tree(field.of, depth - 1)]}
        field = self.dice.choice(fields)
        op = self.dice.choice(ops_of(field.kind))
        return [field.name, op, *self.operand(field, op)]

    def fields(self, kind):
        if kind not in self.offered:
            self.offered[kind] = list(fields_of(kind).values())
        return self.offered[kind]

    def operand(self, field, op):
        takes = OPS[op].takes
        if takes == 0:
            return []
        if op in RELATIVE:
            return [self.dice.choice([0, 1, 7, 8, 300])]
        values = [self.value(field) for _ in range(takes or self.dice.randint(1, 3))]
        return values if takes == 1 else [values]

    def value(self, field):
        dice = self.dice
        if field.kind in ("number", "money"):
            return dice.choice([*NUMBERS, 3, 0])
        if field.kind == "date":
            return dice.choice(DAYS).isoformat()
        if field.kind == "moment":
            moments = [moment.isoformat() for moment in MOMENTS]
            return dice.choice([*moments, "2027-03-28T00:00", *(day.isoformat() for day in DAYS[2:9])])
        if field.kind == "text":
            word = dice.choice([*WORDS, "USD"])
            return word[: dice.randint(1, len(word))]
        options = [value for value, _label in field.options()] if field.options else []
        return dice.choice([*options, *options[:1]] or [1])


@pytest.mark.parametrize(("kind", "share"), [("deal", 0.55), ("account", 0.3), ("contact", 0.15)])
def test_a_condition_finds_the_same_records_as_a_function_and_as_sql(world, kind, share):
    seed = int(os.environ.get("CRM_RANDOM_SEED", "1"))
    grower = Grower(random.Random(f"{kind}{seed}"), kind)
    model, fields = subject(kind).model, fields_of(kind)
    keys = list(model.objects.values_list("pk", flat=True))
    asked = [_grown(grower, kind, fields) for _ in range(max(1, int(CONDITIONS * share)))]
    needed = fields_needed(*(condition for _json, condition in asked))
    values = values_of_many(model, keys, needed)
    found_some, pairs = 0, 0
    for json, condition in asked:
        holds = compile_closure(condition)
        by_function = {key for key in keys if holds(values[key], NOW)}
        by_sql = set(model.objects.filter(as_q(condition, NOW)).order_by().values_list("pk", flat=True))
        assert by_function == by_sql, f"{json} in {condition.zone}"
        assert from_text(as_text(read(json))) == read(json)
        pairs += len(keys)
        found_some += 0 < len(by_function) < len(keys)
    assert pairs >= 20 * len(asked)
    assert found_some > len(asked) / 4  # they say something


def _grown(grower, kind, fields):
    json = grower.tree(kind, grower.dice.choice([0, 1, 2, 3, 4]))
    zone = ZoneInfo(grower.dice.choice(ZONES))
    return json, checked(read(json), fields, zone)


def test_every_way_of_asking_every_field_finds_the_same_and_so_does_its_denial(world):
    for kind in ("deal", "account", "contact", "task"):
        grower = Grower(random.Random(3), kind)
        model, fields = subject(kind).model, fields_of(kind)
        keys = list(model.objects.values_list("pk", flat=True))
        values = values_of_many(model, keys, list(fields))
        for field in fields.values():
            for op in ops_of(field.kind):
                json = [field.name, op, *grower.operand(field, op)]
                for each in (json, {"not": json}):
                    condition = checked(read(each), fields, ZoneInfo("Europe/Berlin"))
                    holds = compile_closure(condition)
                    by_sql = set(
                        model.objects.filter(as_q(condition, NOW)).order_by().values_list("pk", flat=True)
                    )
                    assert {key for key in keys if holds(values[key], NOW)} == by_sql, each


def test_a_prefix_leads_from_another_record(world):
    condition = checked(read(["deal.client_employees", "lt", 3]), fields_of("deal"), ZoneInfo("UTC"))
    denied = checked(read({"not": ["deal.custom.area", "gt", 1]}), fields_of("deal"), ZoneInfo("UTC"))
    for each in (condition, denied):
        deals = set(Deal.objects.filter(as_q(each, NOW)).values_list("pk", flat=True))
        lines = DealLine.objects.filter(as_q(each, NOW, "deal__"))
        assert set(lines.values_list("deal_id", flat=True)) == {
            pk for pk in deals if DealLine.objects.filter(deal=pk).exists()
        }
