"""Deals gone quiet: the card and the filter say the same, a touch or a plan near enough ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from deals.queries.quiet import QuietRule, is_quiet
from deals.queries.words import company_calendar
from deals.testing import make_deal
from deals.touches import Touched, record_touches

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 17, 10, tzinfo=UTC)
TODAY = NOW.date()


def days(n: int) -> timedelta:
    return timedelta(days=n)


def quiet_by_card(at: datetime) -> dict[str, str]:
    rule = QuietRule(at)
    deals = Deal.objects.select_related("stage")
    said = {deal.title: rule.text(vars(deal), deal.stage.quiet_after) for deal in deals}
    return {title: text for title, text in said.items() if text}


def test_card_and_filter_agree_about_every_mixture_of_touch_plan_and_stage(cast, room):
    stage = room.stage("First contact")
    stage.norm_days = 5
    stage.save()
    turn = 0
    for entered in (0, 6, 7, 8, 20):
        for touched in (None, 0, 7, 8, 9):
            for step in (None, -1, 0, 7, 8, 30):
                turn += 1
                make_deal(
                    f"Deal {turn}", owner=cast.salesperson, pipeline=room.pipeline, at=NOW - days(entered),
                    next_step_on=None if step is None else TODAY + days(step),
                )  # fmt: skip
                if touched is not None:
                    deal = Deal.objects.latest("pk")
                    record_touches({deal.pk: Touched(NOW - days(touched), None)})
    company_calendar.forget()
    by_card = quiet_by_card(NOW)
    by_filter = set(Deal.objects.filter(is_quiet(NOW)).values_list("title", flat=True))
    assert set(by_card) == by_filter
    assert 0 < len(by_filter) < turn


def test_only_a_touch_or_a_move_makes_a_deal_loud_again(cast, room):
    deal = make_deal("Old", owner=cast.salesperson, pipeline=room.pipeline, at=NOW - days(30))
    assert "Old" in quiet_by_card(NOW)
    deal.change({"amount": 7}, by=cast.salesperson, at=NOW)
    assert "Old" in quiet_by_card(NOW)
    record_touches({deal.pk: Touched(NOW - days(1), None)})
    assert "Old" not in quiet_by_card(NOW)
    record_touches({deal.pk: Touched(NOW - days(29), None)})
    assert "Old" in quiet_by_card(NOW)
    deal.move(room.stage("Qualified"), by=cast.salesperson, at=NOW)
    assert "Old" not in quiet_by_card(NOW)


def test_a_plan_near_enough_ends_it_and_one_for_next_year_does_not(cast, room):
    deal = make_deal("Old", owner=cast.salesperson, pipeline=room.pipeline, at=NOW - days(30))
    record_touches({deal.pk: Touched(None, NOW + days(300))})
    deal.plan_next_step("Next year", TODAY + days(300), by=cast.salesperson, at=NOW)
    assert "Old" in quiet_by_card(NOW)
    record_touches({deal.pk: Touched(None, NOW + timedelta(hours=3))})
    assert quiet_by_card(NOW) == {}
    record_touches({deal.pk: Touched(None, None)})
    deal.plan_next_step("Call", TODAY, by=cast.salesperson, at=NOW)
    assert quiet_by_card(NOW) == {}


def test_a_stage_may_allow_more_or_less_than_its_norm_and_none_never_goes_quiet(cast, room):
    make_deal("Old", owner=cast.salesperson, pipeline=room.pipeline, at=NOW - days(10))
    stage = room.stage("First contact")
    for norm, quiet_after, is_said in ((2, None, True), (2, 30, False), (None, 3, True), (None, None, False)):
        stage.norm_days, stage.quiet_days = norm, quiet_after
        stage.save()
        assert ("Old" in quiet_by_card(NOW)) is is_said, (norm, quiet_after)
        assert Deal.objects.filter(is_quiet(NOW), title="Old").exists() is is_said


def test_a_touch_leaves_version_history_and_facts_alone(cast, room):
    deal = room.deal
    before = deal.version, deal.pgh_events.count() if hasattr(deal, "pgh_events") else 0
    record_touches({deal.pk: Touched(NOW, None)})
    deal.refresh_from_db()
    assert deal.last_touch_at == NOW
    assert (deal.version, deal.pgh_events.count() if hasattr(deal, "pgh_events") else 0) == before


def test_the_board_says_quiet_in_words_and_offers_to_plan(cast, room, client_of):
    make_deal("Old", owner=cast.salesperson, pipeline=room.pipeline, at=timezone.now() - days(60))
    browser = client_of(cast.salesperson)
    text = browser.get(reverse("deals:board")).content.decode()
    assert text.count("board-card is-quiet") == 1
    assert "quiet 4" in text
    assert "Plan next step" in text
    stuck = browser.get(reverse("deals:board") + "?quiet=1").content.decode()
    assert "Old" in stuck
    assert room.deal.title not in stuck
    listed = browser.get(reverse("deals:list") + "?quiet=1").content.decode()
    assert "Old" in listed
    assert room.deal.title not in listed


def test_ready_views_tell_what_is_stuck_at_first_contact_and_what_nobody_touched(cast, room, client_of):
    old = timezone.now() - days(60)
    make_deal("At first contact", owner=cast.salesperson, pipeline=room.pipeline, at=old)
    further = make_deal("Further on", owner=cast.salesperson, pipeline=room.pipeline, at=old - days(1))
    further.move(room.stage("Proposal"), by=cast.salesperson, at=old)
    touched = make_deal("Touched", owner=cast.salesperson, pipeline=room.pipeline, at=old)
    record_touches({touched.pk: Touched(old + days(1), None)})
    browser = client_of(cast.salesperson)

    def shown(query):
        text = browser.get(f"{reverse('deals:list')}?{query}=1").content.decode()
        names = {"At first contact", "Further on", "Touched", room.deal.title}
        return {name for name in names if f">{name}<" in text}

    assert shown("first_contact") == {"At first contact", "Touched"}
    assert shown("untouched") == {"At first contact", "Further on"}
    assert shown("quiet") == {"At first contact", "Further on", "Touched"}
