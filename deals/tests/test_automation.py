"""What a process may do with a deal."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Source
from accounts.testing import make_account, make_custom_field
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from foundation.automation import all_actions, options_of
from foundation.errors import Refused
from foundation.models import Event


@pytest.fixture
def told(cast):
    return {"by": cast.robot, "at": timezone.now()}


def test_what_is_said_is_set_and_the_rest_stays(cast, told):
    source = Source.objects.create(name="A fair in May")
    deal = make_deal("Roses", owner=cast.salesperson, amount=100)
    said = {"amount": "250.504", "expected_close_on": date(2030, 5, 1), "source": source.pk}
    all_actions()["deal.change"].run(deal.pk, said, **told)
    deal = Deal.objects.get(pk=deal.pk)
    assert (deal.title, deal.amount) == ("Roses", Decimal("250.50"))
    assert (deal.expected_close_on, deal.source) == (date(2030, 5, 1), source)
    assert Event.objects.filter(name="deal.changed").count() == 1


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [("text", " by ship ", "by ship"), ("number", "12", 12), ("date", "2030-05-01", "2030-05-01")],
)
def test_a_custom_field_is_filled_in_from_words_and_emptied_by_none(cast, told, kind, text, kept):
    field = make_custom_field("delivery", kind, record="deal", label="Delivery")
    deal = make_deal("Roses", owner=cast.salesperson)
    assert (field.key, "Delivery") in options_of("deal_field")
    for value in (text, ""):
        all_actions()["deal.fill_in"].run(deal.pk, {"field": field.key, "value": value}, **told)
        assert Deal.objects.get(pk=deal.pk).custom == ({field.key: kept} if value else {})


def test_words_that_are_no_number_are_refused_with_a_sentence(cast, told):
    field = make_custom_field("delivery", "number", record="deal")
    deal = make_deal("Roses", owner=cast.salesperson)
    with pytest.raises(Refused, match="soon"):
        all_actions()["deal.fill_in"].run(deal.pk, {"field": field.key, "value": "soon"}, **told)


def test_a_deal_is_opened_with_a_client_for_its_owner(cast, told):
    client = make_account(owner=cast.salesperson)
    stage = make_pipeline().first_stage()
    said = {"title": "Once more", "stage": stage.pk, "amount": "90"}
    all_actions()["deal.open_with_client"].run(client.pk, said, **told)
    deal = Deal.objects.get()
    assert (deal.title, deal.account, deal.owner, deal.stage) == (
        "Once more",
        client,
        cast.salesperson,
        stage,
    )
    assert deal.amount == 90
