"""Invoices and payments among the other records: found, merged, handed over, told to be overdue, made of a deal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.testing import make_account
from billing import handlers, operations, overdue
from billing.giving import assign, give_payments
from billing.handing_over import _open_invoices
from billing.models import Instalment, Payment
from billing.search import find_invoices, find_payments, invoices_named, payments_named
from billing.testing import make_draft, make_invoice, make_legal_entity, make_payment, pay
from catalog.testing import make_product
from deals.testing import make_deal
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import Event
from users.models import User

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def acme(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


def as_read(person):
    return User.objects.with_policy().get(pk=person.pk)


def titles(hits):
    return [each.title for each in hits]


def test_invoices_are_found_by_number_and_client_by_those_who_see_them(cast, acme):
    invoice, draft = make_invoice(account=acme), make_draft(account=acme)
    make_draft(account=acme).discard(by=cast.salesperson, at=timezone.now())
    seller = as_read(cast.salesperson)
    assert titles(find_invoices(seller, invoice.number, 5)) == [invoice.number]
    assert titles(find_invoices(seller, "acme", 5)) == [str(draft), invoice.number]
    assert titles(find_invoices(seller, "фсьу", 5)) == [str(draft), invoice.number]
    assert find_invoices(as_read(cast.outsider), "acme", 5) == []
    assert titles(invoices_named(seller, [invoice.pk])) == [invoice.number]
    assert invoices_named(as_read(cast.outsider), [invoice.pk]) == []


def test_payments_are_found_by_payer_purpose_document_and_client(cast, acme):
    payment = make_payment(70, acme, payer_name="Zanzibar Ltd", purpose="Roses of spring", reference="PP-77")
    make_payment(10, payer_name="Nobody knows")
    books = as_read(cast.accountant)
    for said in ("zanzibar", "roses spring", "PP-77", "acme", "кщыуы"):
        assert [each.key for each in find_payments(books, said, 5)] == [payment.pk], said
    assert titles(find_payments(books, "nobody", 5)) == ["Nobody knows"]
    assert titles(payments_named(books, [payment.pk])) == ["Acme Florists"]
    assert find_payments(as_read(cast.outsider), "zanzibar", 5) == []


def test_a_late_invoice_and_a_voided_payment_say_so_where_they_are_found(cast, acme, now):
    make_invoice(account=acme, parts=[(company_day(now) - timedelta(days=3), 100)])
    make_payment(5, acme).void(reason="twice", by=cast.accountant, at=now)
    books = as_read(cast.accountant)
    assert "overdue" in find_invoices(books, "acme", 5)[0].detail
    assert "voided" in find_payments(books, "acme", 5)[0].detail


def test_a_renamed_client_is_followed(cast, acme, now):
    invoice, payment = make_invoice(account=acme), make_payment(5, acme, payer_name="Zanzibar")
    acme.change({"name": "Bloom"}, by=cast.salesperson, at=now)
    handlers.refresh_search_text(Event.objects.get(name="account.changed"))
    books = as_read(cast.accountant)
    assert titles(find_invoices(books, "bloom", 5)) == [invoice.number]
    assert [each.key for each in find_payments(books, "bloom zanzibar", 5)] == [payment.pk]
    assert find_invoices(books, "acme", 5) == []


def test_a_draft_for_another_client_is_found_by_that_one(cast, acme, now):
    draft = make_draft(account=acme)
    draft.change({"account": make_account("Bloom", owner=cast.salesperson)}, by=cast.salesperson, at=now)
    assert titles(find_invoices(as_read(cast.salesperson), "bloom", 5)) == [str(draft)]


def test_issued_invoices_and_payments_follow_a_merged_client_and_are_printed_as_before(cast, acme, now):
    twin = make_account("Twin Flowers", owner=cast.salesperson)
    invoice, payment = make_invoice(account=twin), make_payment(30, twin)
    acme.merge([twin], {}, by=as_read(cast.head), at=now)
    invoice.refresh_from_db(), payment.refresh_from_db()
    assert invoice.account_id == payment.account_id == acme.pk
    assert invoice.parties["buyer"]["name"] == "Twin Flowers"
    books = as_read(cast.accountant)
    assert titles(find_invoices(books, "acme", 5)) == [invoice.number]
    assert [each.key for each in find_payments(books, "acme", 5)] == [payment.pk]
    part = invoice.instalments.get()
    payment.allocate([(part.pk, D(30))], by=cast.accountant, at=now)
    invoice.refresh_from_db()
    assert invoice.due == 70


def test_an_invoice_goes_to_another_owner_who_works_here(cast, acme, now):
    invoice = make_invoice(account=acme)
    assign(invoice, cast.colleague, by=cast.head, at=now)
    assert invoice.owner == cast.colleague
    assert set(invoice.team_ids) == {cast.salesperson.pk, cast.colleague.pk}
    told = Event.objects.get(name="invoice.assigned").payload
    assert (told["from_name"], told["to_name"]) == (cast.salesperson.name, cast.colleague.name)
    assign(invoice, cast.colleague, by=cast.head, at=now)
    assert Event.objects.filter(name="invoice.assigned").count() == 1
    User.objects.filter(pk=cast.support.pk).update(is_active=False)
    with pytest.raises(Refused, match="no longer works here"):
        assign(invoice, cast.support, by=cast.head, at=now)


def test_what_is_open_is_handed_over_and_what_is_settled_stays(cast, acme, now):
    draft, due, paid = make_draft(account=acme), make_invoice(account=acme), make_invoice(account=acme)
    pay(paid, 100)
    assert set(_open_invoices(now)) == {draft, due}
    free = make_payment(5, acme)
    assert list(Payment.objects.with_surplus()) == [free]
    assert give_payments({free.pk: cast.colleague.pk}, by=cast.head, at=now) == {}
    free.refresh_from_db()
    assert free.owner == cast.colleague
    assert Event.objects.filter(name="payment.assigned").count() == 1


def test_each_late_instalment_is_told_once_and_what_is_paid_or_not_late_never(cast, acme, now):
    today = company_day(now)
    late, soon = today - timedelta(days=1), today
    invoice = make_invoice(account=acme, parts=[(late - timedelta(days=30), 40), (late, 35), (soon, 25)])
    pay(invoice, 50)
    make_draft(account=acme)
    assert overdue.tell_overdue(at=now) == 1
    assert overdue.tell_overdue(at=now) == 0
    told = Event.objects.get(name="invoice.overdue").payload
    assert (told["invoice_id"], D(str(told["amount"])), told["due_on"]) == (invoice.pk, 25, late.isoformat())
    assert overdue.tell_overdue(at=now + timedelta(days=1)) == 1


def test_many_late_instalments_are_told_in_batches(cast, acme, now, monkeypatch):
    monkeypatch.setattr(overdue, "BATCH", 2)
    for _each in range(5):
        make_invoice(account=acme, parts=[(company_day(now) - timedelta(days=1), 100)])
    assert overdue.tell_overdue(at=now) == 5
    assert Event.objects.filter(name="invoice.overdue").count() == 5
    assert not Instalment.objects.filter(overdue_told_on=None).exists()


def test_an_invoice_of_a_deal_has_its_lines_at_the_prices_of_the_rules(cast, acme, now):
    make_legal_entity()
    deal = make_deal("Wedding", owner=cast.salesperson, account=acme, amount=900)
    rose, vase = make_product("Rose", 5), make_product("Vase", 12)
    deal.add_line(rose, D(10), by=cast.salesperson, at=now)
    deal.add_line(vase, D("1.5"), by=cast.salesperson, at=now)
    invoice = operations.invoice_deal(deal, by=cast.salesperson, at=now)
    lines = [(each.product, each.quantity, each.price) for each in invoice.lines.order_by("position")]
    assert lines == [(rose, 10, 5), (vase, D("1.5"), 12)]
    assert (invoice.deal, invoice.account, invoice.owner) == (deal, acme, cast.salesperson)
    assert invoice.currency == deal.currency


def test_a_deal_without_lines_is_one_line_of_its_title_and_amount(cast, acme, now):
    make_legal_entity()
    deal = make_deal("Wedding", owner=cast.salesperson, account=acme, amount=900)
    invoice = operations.invoice_deal(deal, by=cast.salesperson, at=now)
    assert [(each.title, each.amount) for each in invoice.lines.all()] == [("Wedding", 900)]


def test_a_deal_is_invoiced_neither_without_a_client_nor_while_a_draft_of_it_waits(cast, acme, now):
    make_draft(account=acme)
    with pytest.raises(Refused, match="Choose the client"):
        operations.invoice_deal(make_deal("Nobody's", owner=cast.salesperson), by=cast.salesperson, at=now)
    deal = make_deal("Wedding", owner=cast.salesperson, account=acme, amount=900)
    first = operations.invoice_deal(deal, by=cast.salesperson, at=now)
    with pytest.raises(Refused, match=str(first)):
        operations.invoice_deal(deal, by=cast.salesperson, at=now)
    first.issue(by=cast.salesperson, at=now)
    with pytest.raises(Refused, match=first.number):
        operations.invoice_deal(deal, is_first=True, by=cast.salesperson, at=now)
    assert operations.invoice_deal(deal, by=cast.salesperson, at=now).pk != first.pk
