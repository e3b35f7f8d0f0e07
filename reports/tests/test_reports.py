"""Every report against a count made the slow way, on a year with skips, returns, reopenings and handovers."""

import itertools
import random
import statistics
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from deals.models import Deal, StageEvent, StageKind
from deals.testing import make_deal, make_loss_reason
from foundation.clock import company_day, noon_of
from foundation.errors import Refused
from reports.periods import Period, quarter_name
from reports.statistics import share
from reports.testing import Year, answer, make_year, rows_of
from reports.tests.oracle import Passage, passages
from users.models import User
from users.testing import Cast, make_role, make_user

SPANS = [
    (None, None),
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2025, 1, 31), date(2025, 4, 1)),
    (date(2025, 2, 10), None),
    (None, date(2025, 6, 30)),
    (date(2025, 3, 20), date(2025, 3, 20)),
]


@pytest.fixture
def year(cast: Cast) -> Year:
    return make_year(cast)


def within(day: date, span: tuple[date | None, date | None]) -> bool:
    return (span[0] or date.min) <= day <= (span[1] or date.max)


def asked(span: tuple[date | None, date | None]) -> dict[str, str]:
    return {key: day.isoformat() for key, day in zip(("first", "last"), span, strict=True) if day}


def won_in(year: Year, span: Any = (None, None)) -> list[Passage]:
    both = passages(year.pipeline) + passages(year.other)
    return [each for each in both if each.kind == StageKind.WON and within(each.on, span)]


def test_the_flow_counts_first_passages_of_the_period(cast: Cast, year: Year) -> None:
    for span in SPANS:
        expected, worth = Counter[str](), Counter[str]()
        for each in passages(year.pipeline):
            if within(each.on, span):
                expected[each.stage] += 1
                worth[each.stage] += each.amount
        for row in rows_of("funnel", cast.robot, view="flow", pipeline=str(year.pipeline.pk), **asked(span)):
            assert row["deals"] == expected[row["stage"]], row
            assert Decimal(row["amount"]) == worth[row["stage"]], row


def test_the_cohort_counts_how_far_deals_opened_in_the_period_came(cast: Cast, year: Year) -> None:
    for span in SPANS:
        expected = Counter(each.stage for each in passages(year.pipeline) if within(each.opened_on, span))
        rows = rows_of("funnel", cast.robot, view="cohort", pipeline="Sales", **asked(span))
        assert {row["stage"]: row["deals"] for row in rows if row["deals"]} == dict(expected)
        cohort = rows[0]["deals"]
        for row in rows[1:]:
            found = share(row["deals"], cohort)
            shown = None if found.value is None else round(found.value * 100, 2)
            assert row["from_first"] == pytest.approx(shown, abs=0.006)


def test_open_deals_are_not_lost_ones(cast: Cast, year: Year) -> None:
    table = answer("funnel", cast.robot, view="cohort", pipeline="Sales")
    opened = Deal.objects.filter(pipeline=year.pipeline)
    counts = [opened.count(), opened.won().count(), opened.lost().count(), opened.open().count()]
    assert [int(word) for word in str(table.notes[-1]).split() if word.isdigit()] == counts


def test_now_is_what_stands_in_the_stages(cast: Cast, year: Year) -> None:
    rows = rows_of("funnel", cast.robot, view="now", pipeline="Sales")
    for row in rows:
        standing = Deal.objects.filter(pipeline=year.pipeline, stage__name=row["stage"])
        assert row["deals"] == standing.count()
        amounts = [each.base_amount or Decimal(0) for each in standing]
        assert Decimal(row["amount"]) == sum(amounts, Decimal(0))


def test_won_by_quarter_adds_up_days_at_both_ends(cast: Cast, year: Year) -> None:
    for span in SPANS:
        deals, worth = Counter[str](), Counter[str]()
        for each in won_in(year, span):
            deals[quarter_name(each.on)] += 1
            worth[quarter_name(each.on)] += each.amount
        rows = rows_of("won-by-quarter", cast.robot, **asked(span))
        assert {row["quarter"]: row["deals"] for row in rows if row["deals"]} == dict(deals)
        assert {row["quarter"]: Decimal(row["amount"]) for row in rows if row["deals"]} == dict(worth)


def test_what_was_won_by_the_sums_is_what_the_deals_say(cast: Cast, year: Year) -> None:
    closed = Deal.objects.won()
    for key in ("won-by-quarter", "won-by-month", "won-by-person", "won-by-head", "won-by-department"):
        rows = rows_of(key, cast.robot)
        assert sum(row["deals"] for row in rows) == closed.count(), key
        assert sum(Decimal(row["amount"]) for row in rows) == sum(each.base_amount for each in closed), key


def test_quarters_without_a_win_stand_between_the_others(cast: Cast, year: Year) -> None:
    make_deal("late", owner=cast.head, won=True, at=noon_of(date(2026, 5, 1)), pipeline=year.pipeline)
    names = [row["quarter"] for row in rows_of("won-by-quarter", cast.robot)]
    assert names == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]


def test_a_win_belongs_to_the_owner_of_that_day(cast: Cast, year: Year) -> None:
    names = {person.pk: person.name for person in User.objects.all()}
    expected = defaultdict(Decimal)
    for each in won_in(year):
        expected[names[each.owner_id] if each.owner_id else "No owner"] += each.amount
    found = {row["person"]: Decimal(row["amount"]) for row in rows_of("won-by-person", cast.robot)}
    assert found == expected
    assert found["Nora Field"] == 800 + 640 + 120  # the deal handed over was hers when it was won


def test_the_nearest_head_upwards_answers(cast: Cast, year: Year) -> None:
    found = {row["head"]: Decimal(row["amount"]) for row in rows_of("won-by-head", cast.robot)}
    assert found == {
        "Nora Field": Decimal(1560),
        "Helena Marsh": Decimal("1250.50"),
        "No head": Decimal(955),  # the outsider's department has none, and one deal is nobody's
    }
    departments = {row["department"]: row["deals"] for row in rows_of("won-by-department", cast.robot)}
    assert departments == {"Sales North": 3, "Sales": 2, "Export": 1, "No department": 1}


def test_median_days_to_close(cast: Cast, year: Year) -> None:
    for span in SPANS:
        for row in rows_of("days-to-close", cast.robot, **asked(span)):
            closed = [
                each for each in Deal.objects.filter(state=row["outcome"]) if within(each.closed_on, span)
            ]
            days = [(each.closed_on - each.opened_on).days for each in closed]
            assert row["deals"] == len(days)
            assert row["median_days"] == (statistics.median(days) if days else None)


def test_win_rate_with_its_interval(cast: Cast, year: Year) -> None:
    (row,) = rows_of("win-rate", cast.robot)
    won, lost = Deal.objects.won().count(), Deal.objects.lost().count()
    assert (row["won"], row["lost"]) == (won, lost)
    assert row["win_rate"] == round(100 * won / (won + lost), 2)
    assert row["win_rate_low"] < row["win_rate"] < row["win_rate_high"]
    by_person = rows_of("win-rate", cast.robot, by="person")
    assert sum(each["won"] for each in by_person) == won
    assert {each["group"] for each in rows_of("win-rate", cast.robot, by="pipeline")} == {"Sales", "Partners"}


def test_lost_by_reason(cast: Cast, year: Year) -> None:
    (row,) = rows_of("lost-by-reason", cast.robot)
    assert row == {"reason": "Too expensive", "deals": 2, "share": 100.0, "amount": "70.00"}


def test_open_deals_by_owner_and_their_weight(cast: Cast, year: Year) -> None:
    rows = {row["person"]: row for row in rows_of("open-by-owner", cast.robot)}
    for name, row in rows.items():
        deals = Deal.objects.open().filter(owner__name=name).select_related("stage")
        weights = [(each.base_amount or 0) * each.stage.probability / Decimal(100) for each in deals]
        assert row["deals"] == len(deals)
        assert Decimal(row["weighted"]) == sum(weights)
    assert sum(row["deals"] for row in rows.values()) == Deal.objects.open().count()


def test_deals_without_a_next_step_longest_forgotten_first(cast: Cast, year: Year) -> None:
    year.deals["returning"].plan_next_step("Call", timezone.localdate(), by=cast.head, at=timezone.now())
    titles = [row["deal"] for row in rows_of("no-next-step", cast.robot)]
    assert titles == ["reopened", "fresh"]


def test_days_in_each_stage_are_of_stays_that_ended(cast: Cast, year: Year) -> None:
    stays: dict[str, list[float]] = defaultdict(list)
    for deal in Deal.objects.filter(pipeline=year.pipeline):
        events = list(StageEvent.objects.filter(deal=deal).select_related("to_stage").order_by("at", "pk"))
        for one, other in itertools.pairwise(events):
            stays[one.to_stage.name].append((other.at - one.at) / timedelta(days=1))
    for row in rows_of("stage-times", cast.robot, pipeline="Sales"):
        assert row["stays"] == len(stays[row["stage"]])
        assert row["median_days"] == pytest.approx(statistics.median(stays[row["stage"]]), abs=0.051)


@pytest.mark.parametrize("seed", range(2))
def test_random_histories_agree_with_their_replay(cast: Cast, seed: int) -> None:
    year, chance = make_year(cast), random.Random(seed)
    people = [cast.salesperson, cast.colleague, cast.head, year.north_head, cast.outsider]
    stages = [each for each in year.pipeline.stages_in_order() if each.is_open]
    for number in range(12):
        on = date(2025, 1, 1) + timedelta(chance.randrange(300))
        deal = make_deal(
            f"random {number}", owner=chance.choice(people), pipeline=year.pipeline, at=noon_of(on)
        )
        for _step in range(chance.randrange(9)):
            on += timedelta(chance.randrange(1, 30))
            disturb(deal, chance, stages, people, cast.robot, on)
    replayed = passages(year.pipeline)
    for _question in range(6):
        first = date(2025, 1, 1) + timedelta(chance.randrange(300))
        span, owner = (first, first + timedelta(chance.randrange(250))), chance.choice([None, *people])
        question = asked(span) | ({"owner": str(owner.pk)} if owner else {})
        then = [each for each in replayed if owner is None or each.owner_id == owner.pk]
        now = [each for each in replayed if owner is None or each.owner_now == owner.pk]
        flow = Counter(each.stage for each in then if within(each.on, span))
        cohort = Counter(each.stage for each in now if within(each.opened_on, span))
        for view, expected in (("flow", flow), ("cohort", cohort)):
            rows = rows_of("funnel", cast.robot, view=view, pipeline="Sales", **question)
            assert {row["stage"]: row["deals"] for row in rows if row["deals"]} == dict(expected), view


def disturb(deal: Deal, chance: random.Random, stages: Any, people: Any, by: User, on: date) -> None:
    what, at = chance.random(), noon_of(on)
    if what < 0.15:
        deal.assign(chance.choice(people), by=by, at=at)
    elif not deal.is_open:
        deal.reopen(by=by, at=at)
    elif what < 0.3:
        deal.win(by=by, at=at)
    elif what < 0.45:
        deal.lose(make_loss_reason(), by=by, at=at)
    else:
        deal.move(chance.choice(stages), by=by, at=at)


def test_a_salesperson_reads_their_own_figures_only(cast: Cast, year: Year) -> None:
    rows = rows_of("won-by-person", cast.salesperson)
    assert {row["person"] for row in rows} == {"Sam Porter"}
    assert rows[0]["amount"] == "1250.50"
    standing = rows_of("funnel", cast.salesperson, pipeline="Sales")
    assert sum(row["deals"] for row in standing) == Deal.objects.filter(owner=cast.salesperson).count()


def test_a_head_reads_the_department_with_those_below(cast: Cast, year: Year) -> None:
    people = {row["person"] for row in rows_of("won-by-person", cast.head)}
    assert people == {"Sam Porter", "Nora Field"}
    below = rows_of("won-by-person", cast.head, department="Sales North")
    assert {row["person"] for row in below} == {"Nora Field"}


def test_the_outsider_finds_only_their_own_deal_and_zeros(cast: Cast, year: Year) -> None:
    assert [row["person"] for row in rows_of("won-by-person", cast.outsider)] == ["Oscar Stone"]
    assert rows_of("open-by-owner", cast.outsider) == []
    assert rows_of("no-next-step", cast.outsider) == []
    assert rows_of("lost-by-reason", cast.outsider) == []
    assert {row["deals"] for row in rows_of("days-to-close", cast.outsider)} == {0, 1}


def test_who_may_see_reports_but_no_deals_reads_zeros(cast: Cast, year: Year) -> None:
    make_role("counter", reports__view="all")
    nobody = make_user("Zoe Void", "counter")
    for key in ("won-by-quarter", "won-by-person", "open-by-owner", "no-next-step", "lost-by-reason"):
        assert rows_of(key, nobody) == [], key
    assert {row["deals"] for row in rows_of("funnel", nobody)} == {0}
    assert {row["stays"] for row in rows_of("stage-times", nobody)} == {0}


@pytest.mark.parametrize(
    ("key", "question", "sentence"),
    [
        ("won-by-quarter", {"pipeline": "Nothing"}, "There is no pipeline “Nothing”"),
        ("won-by-quarter", {"pipeline": "99999999999999999999"}, "There is no pipeline"),
        ("won-by-quarter", {"first": "yesterday"}, "“yesterday” is not a day"),
        ("won-by-quarter", {"first": "2025-02-30"}, "“2025-02-30” is not a day"),
        ("won-by-quarter", {"first": "2025-03-02", "last": "2025-03-01"}, "after the last one"),
        ("won-by-quarter", {"colour": "red"}, "has no parameter “colour”"),
        ("funnel", {"view": "sideways"}, "“sideways” is not a choice"),
        ("won-by-person", {"owner": "nobody@example.com"}, "There is no person"),
        ("won-by-person", {"department": "\x00"}, "There is no department"),
        ("nothing", {}, "There is no report “nothing”"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    cast: Cast, key: str, question: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        answer(key, cast.robot, **question)


def test_a_colleague_out_of_reach_is_answered_like_one_who_does_not_exist(cast: Cast, year: Year) -> None:
    with pytest.raises(Refused, match="There is no person"):
        answer("won-by-person", cast.head, owner=str(cast.outsider.pk))
    with pytest.raises(Refused, match="There is no department"):
        answer("won-by-person", cast.salesperson, department="Export")


def test_a_period_is_in_company_days(cast: Cast, year: Year) -> None:
    assert company_day(noon_of(date(2025, 3, 31))) == date(2025, 3, 31)
    assert Period(date(2025, 3, 31), date(2025, 3, 31)).whole_months()[0] is None
