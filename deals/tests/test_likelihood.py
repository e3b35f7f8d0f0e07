"""What is learnt from closed deals: the arithmetic against an oracle of fractions, and the honesty of its test."""

import math
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as some

from accounts.models import Source
from deals.bulk import DealDraft, open_many
from deals.calibrating import recalibrate
from deals.likelihood import (
    STRENGTH,
    Count,
    Example,
    age_band,
    amount_band,
    brier,
    counted,
    learn,
    parted,
    shrunk,
)
from deals.models import Deal, StageCalibration, WinRate
from deals.models.pipeline import Weighting
from deals.queries.likelihood import expected_shares, likelihood_of
from deals.queries.words import worth_text
from deals.testing import make_deal, make_loss_reason
from foundation.errors import Refused
from foundation.models import Event

DAY = date(2025, 1, 1)
EXAMPLES = some.lists(
    some.builds(
        Example,
        stage_id=some.integers(1, 2),
        is_won=some.booleans(),
        closed_on=some.integers(0, 40).map(lambda n: DAY + timedelta(days=n)),
        features=some.fixed_dictionaries(
            {}, optional={"source": some.sampled_from("ab"), "owner": some.sampled_from("xyz")}
        ),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(examples=EXAMPLES, weight=some.sampled_from([0.0, 0.25, 1.0]))
def test_every_probability_is_what_fractions_counted_by_hand_give(examples, weight):
    rates = counted(examples)
    for each in examples:
        here = [other for other in examples if other.stage_id == each.stage_id]
        base = Fraction(sum(other.is_won for other in here) + 1, len(here) + 2)
        assert math.isclose(rates.base(each.stage_id), base)
        odds = base / (1 - base)
        evidence = 0.0
        for name, value in each.features.items():
            alike = [other.is_won for other in here if other.features.get(name) == value]
            share = (sum(alike) + STRENGTH * base) / (len(alike) + STRENGTH)
            evidence += math.log(share / (1 - share) / odds)
        expected = 1 / (1 + math.exp(-weight * evidence) / odds)
        found = rates.probability(each.stage_id, each.features, weight)
        assert math.isclose(found, expected, rel_tol=1e-9)
        assert 0 < found < 1
        reasons = rates.reasons(each.stage_id, each.features, weight)
        assert {reason.feature for reason in reasons} == set(each.features)
        assert all(
            reason.seen.n == sum(o.features.get(reason.feature) == reason.value for o in here)
            for reason in reasons
        )


@settings(max_examples=60, deadline=None)
@given(won=some.integers(0, 50), lost=some.integers(0, 50), base=some.floats(0.01, 0.99))
def test_a_share_is_drawn_between_its_own_and_the_base_and_few_deals_prove_little(won, lost, base):
    share = shrunk(Count(won, won + lost), base)
    own = won / (won + lost) if won + lost else base
    assert min(own, base) - 1e-12 <= share <= max(own, base) + 1e-12
    assert abs(share - base) <= (won + lost) / (won + lost + STRENGTH) + 1e-12


@settings(max_examples=60, deadline=None)
@given(examples=EXAMPLES)
def test_the_test_is_of_newer_days_only(examples):
    past, test = parted(sorted(examples, key=lambda each: each.closed_on))
    assert Counter(map(repr, past + test)) == Counter(map(repr, examples))
    if past and test:
        assert max(each.closed_on for each in past) < min(each.closed_on for each in test)
    assert bool(test) == bool(examples)


def made(n: int, share_of: dict[str, float], seed: int = 5) -> list[Example]:
    """Closed deals of two sources, each won as often as it says."""
    rng = random.Random(seed)
    found = []
    for turn in range(n):
        source = rng.choice(sorted(share_of))
        found.append(
            Example(1, rng.random() < share_of[source], DAY + timedelta(days=turn), {"source": source})
        )
    return found


def test_what_tells_is_used_and_what_tells_nothing_is_not():
    told = learn(made(2000, {"fair": 0.8, "cold": 0.2}))
    assert told.tested[1].is_better
    assert told.tested[1].model < told.tested[1].base - 0.03
    assert told.rates.probability(1, {"source": "fair"}, told.weight) > 0.6
    reversed_late = made(1600, {"fair": 0.8, "cold": 0.2}) + [
        each._replace(closed_on=each.closed_on + timedelta(days=2000))
        for each in made(400, {"fair": 0.2, "cold": 0.8})
    ]
    assert not learn(reversed_late).tested[1].is_better


def test_too_few_deals_are_never_trusted_and_none_at_all_is_no_error():
    assert not learn(made(60, {"fair": 1.0, "cold": 0.0})).tested[1].is_better
    assert learn([]).tested == {}


def test_what_was_written_down_afterwards_is_left_out_and_said():
    rng = random.Random(3)
    examples = [
        Example(1, won, DAY + timedelta(days=n), {"amount": "1000–3000"} if won else {})
        for n in range(500)
        for won in [rng.random() < 0.5]
    ]
    learnt = learn(examples)
    assert learnt.hindsight == ("amount",)
    assert not learnt.rates.values
    assert not learnt.tested[1].is_better


def test_bands_cover_every_day_and_amount_once():
    assert [age_band(days) for days in (0, 7, 8, 90, 91, 5000)] == [
        "0–7", "0–7", "8–30", "31–90", "91–180", "181+"
    ]  # fmt: skip
    amounts = ["0.5", "1", "2.99", "3", "9.99", "10", "299", "300", "1000", "99999"]
    assert [amount_band(Decimal(each)) for each in amounts] == [
        "0–3", "1–3", "1–3", "3–10", "3–10", "10–30", "100–300", "300–1000", "1000–3000", "30000–100000"
    ]  # fmt: skip


def test_the_error_of_a_prophet_is_nothing_and_of_a_coin_a_quarter():
    examples = [Example(1, bool(n % 2), DAY, {}) for n in range(10)]
    assert brier(examples, counted(examples), 1.0) == pytest.approx(0.25)


@pytest.fixture
def learnt(cast, room, now):
    """Deals of a good and a bad source, closed one after another, and a night after them."""
    good, bad = (Source.objects.create(name=name) for name in ("Fair", "Cold call"))
    first, won, lost = (room.stage(name) for name in ("First contact", "Won", "Lost"))
    reason, drafts = make_loss_reason(), []
    for turn in range(200):
        source, at = (good, bad)[turn % 2], now - timedelta(days=300 - turn)
        is_won = turn % 10 != 0 if source == good else turn % 10 == 1
        drafts.append(
            DealDraft(
                title=f"Old {turn}",
                path=[(first, at), (won if is_won else lost, at + timedelta(hours=1))],
                owner=cast.salesperson,
                amount=Decimal(1000),
                source=source,
                loss_reason=None if is_won else reason,
            )
        )
    open_many(drafts, by=cast.robot)
    room.deal.change({"source": good}, by=cast.salesperson, at=now)
    recalibrate(at=now)
    expected_shares.forget()
    return room


def test_the_night_keeps_counts_and_the_dialog_says_the_reasons(cast, learnt, client_of):
    kept = StageCalibration.objects.get(stage=learnt.stage("First contact"))
    assert kept.n == 200
    assert kept.is_used
    fair = WinRate.objects.get(
        stage=kept.stage, feature="source", value=str(Source.objects.get(name="Fair").pk)
    )
    assert (fair.won, fair.n) == (80, 100)
    assert likelihood_of(learnt.deal).learnt > 60
    text = (
        client_of(cast.salesperson).get(reverse("deals:probability", args=[learnt.deal.pk])).content.decode()
    )
    assert "Source: Fair" in text
    assert "80 of 100 won" in text
    assert "squared error" in text


def test_reckoned_again_nothing_is_doubled(learnt, now):
    before = WinRate.objects.count()
    recalibrate(at=now)
    assert WinRate.objects.count() == before


def test_the_board_weighs_by_experience_only_where_the_company_chose_so(cast, learnt, client_of):
    board = reverse("deals:board")
    text = client_of(cast.salesperson).get(board).content.decode()
    assert "by the stage: 10%" in text
    assert "by experience" not in text
    learnt.pipeline.weighting = Weighting.LEARNT
    learnt.pipeline.save()
    text = client_of(cast.salesperson).get(board).content.decode()
    share = round(StageCalibration.objects.get(stage=learnt.deal.stage_id).expected * 100)
    assert f"by what became of such deals: {share}%" in text
    assert "by experience" in text


def test_an_own_estimate_needs_a_reason_and_weighs_in_the_sums(cast, room, client_of, now):
    url = reverse("deals:probability", args=[room.deal.pk])
    browser = client_of(cast.salesperson)
    refused = browser.post(url, {"percent": "90", "reason": ""})
    assert refused.status_code == 422
    assert 'value="90"' in refused.content.decode()
    assert browser.post(url, {"percent": "101", "reason": "Sure"}).status_code == 422
    browser.post(url, {"percent": "90", "reason": "They said yes"})
    room.deal.refresh_from_db()
    assert (room.deal.probability, room.deal.probability_reason) == (90, "They said yes")
    assert Event.objects.latest("pk").name == "deal.estimated"
    make_deal("Other", owner=cast.salesperson, pipeline=room.pipeline, amount=1000)
    for person in (cast.salesperson, cast.accountant):
        text = client_of(person).get(reverse("deals:board")).content.decode()
        assert f"weighted {worth_text(900 + 100)}" in text
    browser.post(url, {"percent": "", "reason": "forget it"})
    room.deal.refresh_from_db()
    assert (room.deal.probability, room.deal.probability_reason) == (None, None)
    room.deal.win(by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="closed"):
        room.deal.estimate(5, "Late", by=cast.salesperson, at=now)


def test_the_outsider_gets_404_and_the_accountant_may_look_only(cast, room, client_of):
    url = reverse("deals:probability", args=[room.deal.pk])
    assert client_of(cast.outsider).get(url).status_code == 404
    accountant = client_of(cast.accountant)
    assert "Own estimate" not in accountant.get(url).content.decode()
    assert accountant.post(url, {"percent": "5", "reason": "No"}).status_code == 403
    assert Deal.objects.get(pk=room.deal.pk).probability is None


def test_the_command_prints_the_test(learnt, capsys):
    call_command("calibrate")
    said = capsys.readouterr().out
    assert "First contact: 40 deals" in said or "First contact: 4" in said
