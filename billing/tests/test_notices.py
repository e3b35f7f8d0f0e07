"""Who is told of invoices and prices, and who is not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.testing import make_account
from billing.drafting import DraftLine
from billing.models import InvoiceLink, MarginRule, RecurringInvoice
from billing.overdue import tell_overdue
from billing.recurring import make_due
from billing.testing import make_draft, make_invoice, make_legal_entity, make_sent_quote, pay
from catalog.models import PriceTerms
from catalog.testing import make_product
from foundation.clock import company_day
from foundation.drain import drain
from users.models import Notification, Role

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def client(cast):
    make_legal_entity(approval_over=D(500))
    return make_account("Acme", owner=cast.salesperson)


def told(person):
    drain()
    rows = Notification.objects.filter(person=person).order_by("pk")
    return [(each.kind, each.title, each.text) for each in rows]


def kinds(person):
    return [kind for kind, _title, _text in told(person)]


def waiting(cast, client):
    invoice = make_draft(900, account=client, owner=cast.salesperson)
    invoice.submit(by=cast.salesperson, at=timezone.now())
    return invoice


def test_the_head_is_asked_to_approve_and_the_seller_hears_the_answer(cast, client):
    invoice = waiting(cast, client)
    ((kind, title, text),) = told(cast.head)
    assert kind == "invoice.waiting"
    assert title.startswith("Approve it: ")
    assert "Acme" in title
    assert "It comes to more than" in text
    invoice.send_back(reason="The wrong client", by=cast.head, at=timezone.now())
    assert [(kind, text) for kind, _title, text in told(cast.salesperson)] == [
        ("invoice.judged", "The wrong client")
    ]
    invoice.submit(by=cast.salesperson, at=timezone.now())
    invoice.approve(by=cast.head, at=timezone.now())
    drain()
    assert Notification.objects.filter(person=cast.salesperson, kind="invoice.judged").exists()
    assert "invoice.judged" not in kinds(cast.head)


def test_where_a_rule_names_who_approves_they_are_asked_and_the_head_is_not(cast, client):
    accountant = Role.objects.get(key="accountant")
    MarginRule.create(name="Deep", discount_from=D(20), approver=accountant, by=cast.admin, at=timezone.now())
    rose = make_product("Rose", 100)
    invoice = make_draft(
        account=client,
        owner=cast.salesperson,
        by=cast.robot,
        lines=[DraftLine(product_id=rose.pk, price=D(10))],
    )
    invoice.submit(by=cast.salesperson, at=timezone.now())
    assert (kinds(cast.accountant), kinds(cast.head)) == (["invoice.waiting"], [])


def test_an_invoice_nobody_has_to_look_at_is_told_to_nobody(cast, client):
    invoice = make_draft(100, account=client, owner=cast.salesperson)
    invoice.submit(by=cast.salesperson, at=timezone.now())
    assert (kinds(cast.head), kinds(cast.salesperson)) == ([], [])


def test_the_owner_hears_what_becomes_of_the_invoice(cast, client):
    day = company_day(timezone.now())
    invoice = make_invoice(
        100, account=client, owner=cast.salesperson, parts=[(day - timedelta(days=2), 100)]
    )
    tell_overdue(at=timezone.now())
    assert kinds(cast.salesperson) == ["invoice.overdue"]
    link = InvoiceLink.make(invoice, expires_on=day + timedelta(9), by=cast.salesperson, at=timezone.now())
    assert kinds(cast.salesperson) == ["invoice.overdue"]
    link.note_opening(source="127.0.0.1", what="page", by=cast.robot, at=timezone.now())
    assert kinds(cast.salesperson) == ["invoice.opened"]
    pay(invoice, 100)
    assert kinds(cast.salesperson) == ["invoice.paid"]  # one row for one invoice, until it is read
    assert kinds(cast.colleague) == []


def test_a_recurring_invoice_that_stops_and_new_prices_are_told_to_their_owner(cast, client):
    today = company_day(timezone.now())
    draft = make_draft(100, account=client, owner=cast.salesperson)
    series = RecurringInvoice.repeat(draft, "FREQ=DAILY", today, by=cast.robot, at=timezone.now())
    series.legal_entity.is_active = False
    series.legal_entity.save()
    make_due(at=timezone.now())
    (_kind, _title, text) = told(cast.salesperson)[0]
    assert "issues no documents any more" in text
    PriceTerms.agree(client, percent=D(5), valid_from=today, reason="loyal", by=cast.head, at=timezone.now())
    assert kinds(cast.salesperson) == ["recurring.refused", "price_terms.changed"]


def test_the_owner_hears_what_the_client_says_to_a_quote(cast, client):
    sent = make_sent_quote(account=client, owner=cast.salesperson)
    sent.accept(name="Wolfgang", at=timezone.now())
    ((kind, _title, text),) = told(cast.salesperson)
    assert (kind, "Wolfgang" in text) == ("quote.answered", True)
    assert kinds(cast.colleague) == []
