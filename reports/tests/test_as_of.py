"""The pipeline on a past day: what a replay says, what the waterfall ends with, and what the page tells."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from deals.models import Deal, Pipeline, StageKind
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count
from reports.as_of import SIZE, AsOf, listed, standing
from reports.tests.test_waterfall import BEGIN, FIRST, LAST, STEPS, carried_out, in_history
from reports.waterfall import Asked, waterfall
from users.testing import Cast

pytestmark = pytest.mark.django_db
URL = "/reports/pipeline-on/"


def open_stages(pipelines: Any) -> list[int]:
    return [s.pk for each in pipelines for s in each.stages.all() if s.kind == StageKind.OPEN]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(steps=STEPS, are_mine=some.booleans(), is_both=some.booleans())
def test_board_and_list_add_up_to_the_replay_and_to_the_waterfall(
    cast: Cast, steps: Any, are_mine: bool, is_both: bool
) -> None:
    pipeline, other = (make_pipeline(f"P{Pipeline.objects.count()}") for _turn in range(2))
    told = carried_out(steps, cast, pipeline, other)
    pipelines = [pipeline, other] if is_both else [pipeline]
    people = [cast.salesperson.pk] if are_mine else None
    fell = waterfall(Asked(FIRST, LAST, [each.pk for each in pipelines], people))
    for moment, flow in ((FIRST, fell.start), (LAST, fell.end)):
        expected = [
            row
            for deal in told.values()
            for row in [deal.at(moment)]
            if row and row[1] == "open" and row[5] in {p.pk for p in pipelines}
            and (people is None or row[3] in people)
        ]  # fmt: skip
        asked = AsOf(moment, open_stages(pipelines), people)
        found = standing(asked)
        assert sum(each.deals for each in found.values()) == len(expected) == flow.deals
        together = sum((each.worth for each in found.values()), Decimal(0))
        assert together == sum((row[2] for row in expected), Decimal(0)) == flow.worth
        rows, has_more = listed(asked)
        assert sum((row.base_amount or Decimal(0) for row in rows), Decimal(0)) == together
        assert not has_more
        cards = {card.pk for each in found.values() for card in each.cards}
        assert cards == {row.pk for row in rows}


def test_pages_of_the_list_hold_every_deal_once(cast: Cast) -> None:
    pipeline = make_pipeline()
    made = {
        make_deal(
            f"Deal {n}", owner=cast.salesperson, pipeline=pipeline, at=BEGIN + timedelta(hours=n // 3)
        ).pk
        for n in range(SIZE + 20)
    }
    asked, seen, after = AsOf(timezone.now(), open_stages([pipeline])), [], None
    while True:
        rows, has_more = listed(asked, after)
        seen += [row.pk for row in rows]
        if not has_more:
            break
        after = rows[-1].opened_at, rows[-1].pk
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.fixture
def then(cast: Cast) -> date:
    """A deal of ten days ago, then worth 700, since then another's, worth 900 and won."""
    at = timezone.now() - timedelta(days=10)
    deal = make_deal("Roses", owner=cast.salesperson, amount=700, at=at)
    in_history(at)
    deal.change({"amount": Decimal(900), "title": "Tulips"}, by=cast.salesperson, at=timezone.now())
    deal.assign(cast.colleague, by=cast.head, at=timezone.now())
    deal.win(by=cast.colleague, at=timezone.now())
    make_deal("Elsewhere", owner=cast.outsider, amount=50, at=at)
    return (at + timedelta(days=5)).date()


def test_the_page_shows_the_day_as_it_was_and_changes_nothing(cast: Cast, then: date, client_of: Any) -> None:
    browser = client_of(cast.salesperson)
    for shown in ("", "&as=list"):
        text = browser.get(f"{URL}?on={then}{shown}").content.decode()
        assert "Roses" in text
        assert "Tulips" not in text
        assert "700.00" in text
        assert "900.00" not in text
        assert "Nothing can be changed here" in text
        assert "Open then: 1" in text
        assert "data-move" not in text
    assert "Roses" not in browser.get(URL + f"?on={timezone.localdate()}").content.decode()


def test_the_outsider_sees_only_what_was_theirs(cast: Cast, then: date, client_of: Any) -> None:
    for shown in ("", "&as=list"):
        text = client_of(cast.outsider).get(f"{URL}?on={then}{shown}").content.decode()
        assert "Roses" not in text
        assert "Elsewhere" in text


def test_a_day_before_the_history_says_so(cast: Cast, client_of: Any) -> None:
    head = client_of(cast.head)
    assert "No deal was open yet" in head.get(f"{URL}?on=2001-01-01").content.decode()
    make_deal("Imported", owner=cast.salesperson, at=datetime(2020, 5, 1, tzinfo=UTC))
    text = head.get(f"{URL}?on=2020-06-01").content.decode()
    assert "begins on" in text
    assert "Imported" in text
    assert "No deal was open yet" in head.get(f"{URL}?on=2019-06-01").content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("on=2199-01-01", "not come yet"), ("on=yesterday", "is not a day"), ("pipeline=999999", "There is no")],
)
def test_a_bad_question_says_why(cast: Cast, client_of: Any, query: str, sentence: str) -> None:
    answer = client_of(cast.head).get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_damaged_cursor_shows_the_first_page(cast: Cast, then: date, client_of: Any) -> None:
    for after in ("x", "%FF", "MjAyNnww", "e" * 5000):
        answer = client_of(cast.salesperson).get(f"{URL}?on={then}&as=list&after={after}")
        assert answer.status_code == 200
        assert "Roses" in answer.content.decode()


def test_a_past_day_costs_what_is_recorded(cast: Cast, then: date, client_of: Any) -> None:
    head = client_of(cast.head)
    head.get(URL)
    with assert_query_count("pipeline on a past day"):
        head.get(f"{URL}?on={then}")
    with assert_query_count("list of a past day"):
        head.get(f"{URL}?on={then}&as=list")


def test_the_waterfall_leads_to_both_ends(cast: Cast, client_of: Any) -> None:
    make_deal("Roses", owner=cast.salesperson)
    text = client_of(cast.head).get("/reports/waterfall/").content.decode()
    assert f"{reverse('reports:pipeline_on')}?on={timezone.localdate()}" in text
    assert Deal.objects.count() == 1


def test_the_board_of_now_leads_to_the_board_of_then(cast: Cast, client_of: Any) -> None:
    pipeline = make_pipeline()
    text = client_of(cast.head).get(reverse("deals:board")).content.decode()
    assert f"{reverse('reports:pipeline_on')}?pipeline={pipeline.pk}" in text
