"""The margin guard: what discount or margin needs whose approval, on lines and on the whole."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.guard import objections as objections_on
from billing.models import MarginRule
from billing.testing import line, make_draft, make_legal_entity
from catalog.testing import make_product, make_rule
from foundation.clock import company_day
from foundation.errors import Refused
from users.models import Role, User

pytestmark = pytest.mark.django_db
D = Decimal


def make_margin_rule(name="Big discounts", **said):
    numbers = {
        key: D(value) if key in {"discount_from", "margin_below"} else value for key, value in said.items()
    }
    return MarginRule.create(name=name, by=User.objects.robot(), at=timezone.now(), **numbers)


def objections(invoice):
    return objections_on(invoice, on=company_day(timezone.now()))


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme", owner=cast.salesperson)


def of(product, price=None, quantity=1, **said):
    return DraftLine(
        product_id=product.pk, quantity=D(quantity), price=None if price is None else D(price), **said
    )


@pytest.mark.parametrize(
    ("price", "speaks"), [("80.01", False), ("80.00", True), ("50", True), ("100", False)]
)
def test_a_discount_from_the_limit_on_needs_approval(cast, client, price, speaks):
    make_margin_rule(discount_from=20)
    invoice = make_draft(account=client, by=cast.head, lines=[of(make_product("Rose", 100), price)])
    assert bool(objections(invoice)) == speaks


def test_many_small_discounts_and_one_on_the_document_are_seen_as_a_whole(cast, client):
    make_margin_rule(discount_from=15)
    rose = make_product("Rose", 100)
    invoice = make_draft(account=client, by=cast.head, lines=[of(rose, 90), of(rose, 90)])
    assert objections(invoice) == []
    invoice.change({"discount_percent": D(10)}, by=cast.head, at=timezone.now())
    assert objections(invoice) == [
        "“Big discounts”: Rose: 19.0 % below the list, Rose: 19.0 % below the list."
    ]


@pytest.mark.parametrize(
    ("cost", "speaks"), [("69.99", False), ("70", False), ("70.01", True), (None, False)]
)
def test_a_margin_below_the_limit_needs_approval_and_an_unknown_one_is_no_margin(cast, client, cost, speaks):
    make_margin_rule(margin_below=30)
    rose = make_product("Rose", 100, cost=None if cost is None else D(cost))
    found = objections(make_draft(account=client, by=cast.head, lines=[of(rose)]))
    assert bool(found) == speaks
    assert "70.01" not in " ".join(found)


def test_a_discount_and_a_margin_in_one_rule_are_both_asked_for(cast, client):
    make_margin_rule(discount_from=10, margin_below=20)
    rose = make_product("Rose", 100, cost=D(50))
    assert objections(make_draft(account=client, by=cast.head, lines=[of(rose, 85)])) == []
    assert objections(make_draft(account=client, by=cast.head, lines=[of(rose, 60)])) != []


def test_lines_without_a_product_have_no_list_to_be_below(cast, client):
    make_margin_rule(discount_from=1)
    assert objections(make_draft(account=client, by=cast.head, lines=[line(1)])) == []


def test_discounts_by_the_rules_count_as_those_by_hand_do(cast, client):
    make_rule("Autumn", 30)
    make_margin_rule(discount_from=20)
    assert objections(make_draft(account=client, by=cast.head, lines=[of(make_product("Rose", 100))])) != []


def test_the_highest_rule_that_speaks_says_who_approves(cast, client):
    accountant, head = (Role.objects.get(key=key) for key in ("accountant", "head"))
    make_margin_rule("Some", discount_from=10, approver=head, rank=1)
    make_margin_rule("Much", discount_from=50, approver=accountant, rank=2)
    rose = make_product("Rose", 100)
    for price, judges in ((80, True), (40, False)):
        invoice = make_draft(account=client, owner=cast.salesperson, by=cast.robot, lines=[of(rose, price)])
        with pytest.raises(Refused, match="Somebody has to approve"):
            invoice.issue(by=cast.salesperson, at=timezone.now())
        invoice.submit(by=cast.salesperson, at=timezone.now())
        assert (invoice.state, invoice.may_be_judged_by(cast.head)) == ("waiting", judges)
        assert invoice.may_be_judged_by(cast.admin)
    with pytest.raises(Refused, match="whom the rule names"):
        invoice.approve(by=cast.head, at=timezone.now())
    invoice.approve(by=cast.admin, at=timezone.now())
    invoice.issue(by=cast.salesperson, at=timezone.now())
    assert invoice.number


def test_a_price_by_hand_against_a_rule_needs_a_reason_where_the_rule_says_so(cast, client):
    make_margin_rule(discount_from=10, needs_reason=True)
    rose = make_product("Rose", 100)
    bare = make_draft(account=client, by=cast.head, lines=[of(rose, 80)])
    said = make_draft(account=client, by=cast.head, lines=[of(rose, 80, reason="a year together")])
    assert ["Say why" in objections(each)[0] for each in (bare, said)] == [True, False]


def test_the_editor_tells_while_prices_are_typed(cast, client, client_of):
    make_margin_rule(discount_from=10)
    rose = make_product("Rose", 100)
    invoice = make_draft(account=client, owner=cast.head, lines=[of(rose)])
    data = {"version": invoice.version, "line-TOTAL_FORMS": 1, "line-INITIAL_FORMS": 0, "line-0-quantity": "1",
            "line-0-product": rose.pk, "line-0-title": "Rose", "line-0-price": "55"}  # fmt: skip
    answer = client_of(cast.head).post(reverse("billing:reckon", args=[invoice.pk]), data)
    assert "45.0 % below the list" in answer.content.decode()
    assert objections(invoice) == []


def test_rules_are_kept_in_the_administration(cast, client_of):
    page = reverse("admin:billing_marginrule_add")
    said = {
        "name": "Thin",
        "margin_below": "10",
        "discount_from": "",
        "approver": "",
        "rank": "1",
        "is_active": "on",
    }
    assert client_of(cast.admin).post(page, said).status_code == 302
    answer = client_of(cast.admin).post(page, said | {"name": "Nothing", "margin_below": ""}, follow=True)
    assert "Say from which discount" in answer.content.decode()
    assert MarginRule.objects.count() == 1
