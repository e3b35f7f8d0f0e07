"""Levels follow what was invoiced, points what was paid; credits take both back; processes agree terms."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.testing import make_account
from billing.loyalty import move_levels
from billing.testing import line, make_invoice, make_legal_entity, pay
from catalog.models import LoyaltyStanding, PriceTerms
from catalog.models.loyalty import balance_of
from catalog.testing import make_level, make_list
from foundation.automation import all_actions
from foundation.clock import company_day
from foundation.drain import drain
from foundation.errors import Refused
from foundation.models import Event

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme", owner=cast.salesperson)


def level_of(client):
    standing = LoyaltyStanding.objects.select_related("level").filter(account=client).first()
    return standing.level.name if standing else ""


def credit_all(invoice, by):
    note = invoice.credit(reason="a mistake", by=by, at=timezone.now())
    return note


def test_a_client_rises_with_what_was_invoiced_and_falls_with_what_was_credited(cast, client):
    make_level("Silver", 1000), make_level("Gold", 5000)
    invoice = make_invoice(1500, account=client)
    drain()
    assert level_of(client) == "Silver"
    make_invoice(4000, account=client)
    drain()
    assert level_of(client) == "Gold"
    credit_all(invoice, cast.accountant)
    drain()
    assert level_of(client) == "Silver"


def test_what_is_older_than_a_year_counts_no_more_at_night(cast, client):
    make_level("Silver", 1000)
    long_ago = timezone.now() - timedelta(days=300)
    make_invoice(1500, account=client, at=long_ago, dated_on=company_day(long_ago))
    assert move_levels(at=timezone.now()) == 1
    assert level_of(client) == "Silver"
    assert move_levels(at=timezone.now()) == 0
    assert move_levels(at=timezone.now() + timedelta(days=70)) == 1
    assert level_of(client) == ""
    told = Event.objects.filter(name="loyalty.moved").order_by("pk")
    assert [(each.fact.from_name, each.fact.to_name) for each in told] == [("", "Silver"), ("Silver", "")]


def test_paid_invoices_give_points_once_and_credits_take_their_share_back(cast, client):
    make_level("Silver", 1000, points=2)
    invoice = make_invoice(1500, account=client)
    drain()
    pay(invoice, 1500)
    drain()
    assert balance_of(client.pk) == D(30)
    drain()
    assert balance_of(client.pk) == D(30)
    credit_all(invoice, cast.accountant)
    drain()
    assert balance_of(client.pk) == D(0)


def test_a_company_without_levels_gives_nothing_and_moves_nobody(cast, client):
    pay(make_invoice(1500, account=client), 1500)
    drain()
    assert (move_levels(at=timezone.now()), balance_of(client.pk), level_of(client)) == (0, D(0), "")


def test_the_level_is_in_the_next_price(cast, client):
    from billing.drafting import DraftLine
    from billing.testing import make_draft
    from catalog.testing import make_product

    make_level("Silver", 1000, percent=5)
    make_invoice(lines=[line(1500)], account=client)
    drain()
    rose = make_product("Rose", 100)
    invoice = make_draft(account=client, lines=[DraftLine(product_id=rose.pk)])
    assert invoice.total == D(95)


def test_a_process_agrees_terms_from_a_day_to_come_and_once_only(cast, client):
    partner, at = make_list("Partner", is_by_agreement=True), timezone.now()
    said = {"price_list": partner.pk, "percent": "3", "days": 14, "reason": "sold for a million"}
    action = all_actions()["account.apply_terms"]
    for _time in range(2):
        action.run(client.pk, said, by=cast.robot, at=at)
    terms = PriceTerms.objects.get()
    assert (terms.price_list, terms.percent, terms.valid_from) == (
        partner,
        D(3),
        company_day(at) + timedelta(days=14),
    )
    with pytest.raises(Refused, match="must be numbers"):
        action.run(client.pk, {"percent": "some"}, by=cast.robot, at=at)
