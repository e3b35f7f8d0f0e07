"""Payments on their pages: found, received, told whose they are, allocated, released, paid back and voided."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.testing import make_account
from billing.models import Payment
from billing.testing import make_invoice, make_payment, make_rate, pay

LIST = "billing:payments"


@pytest.fixture
def account(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def books(cast, client_of):
    return client_of(cast.accountant)


def url(name, payment):
    return reverse(f"billing:{name}", args=[payment.pk])


def found(browser, **query):
    answer = browser.get(reverse(LIST), query)
    return [row.pk for row in answer.context["page"].rows]


def test_the_list_answers_by_whose_words_days_method_and_own_company(account, books):
    ours = make_payment(100, account, purpose="Roses of spring", method="cash")
    nobody = make_payment(70, payer_name="Zanzibar Ltd")
    assert found(books) == [nobody.pk, ours.pk]
    assert found(books, whose=1) == [nobody.pk]
    assert found(books, q="acme") == found(books, q="roses") == found(books, method="cash") == [ours.pk]
    assert found(books, q=f"ID{nobody.pk}") == found(books, q="zanzibar") == [nobody.pk]
    assert found(books, day_to="2001-01-01") == []
    assert len(found(books, own=ours.legal_entity_id)) == 2


def test_the_list_sums_each_currency_and_counts_no_voided_money(account, books, cast):
    make_rate("JPY", "0.01")
    make_payment(100, account)
    make_payment(50, account, currency="JPY")
    make_payment(30, account).void(reason="twice", by=cast.accountant, at=account.created_at)
    sums = books.get(reverse(LIST)).context["sums"]
    assert {each.currency: each.received for each in sums.rows}.keys() == {"USD", "JPY"}
    assert "100.00" in next(each.received for each in sums.rows if each.currency == "USD")


def test_what_cannot_be_read_is_said(books):
    answer = books.get(reverse(LIST), {"method": "shells"})
    assert answer.status_code == 422
    assert "not something to choose" in answer.content.decode()


def test_each_role_sees_payments_as_far_as_its_rights_go(account, cast, client_of):
    payment = make_payment(100, account)
    for who, status in (("salesperson", 200), ("accountant", 200), ("admin", 200), ("outsider", 404)):
        browser = client_of(getattr(cast, who))
        assert browser.get(url("payment", payment)).status_code == status, who
    assert client_of(cast.salesperson).get(url("payment_void", payment)).status_code == 403
    assert client_of(cast.salesperson).get(reverse("billing:receive")).status_code == 403
    assert "Receive a payment" not in client_of(cast.salesperson).get(reverse(LIST)).content.decode()


def test_the_list_and_the_page_take_as_many_statements_however_long(
    account, books, django_assert_max_num_queries
):
    invoice = make_invoice(100, account=account)
    payment = pay(invoice, 40)
    for _each in range(8):
        make_payment(10, account)
    books.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        books.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        books.get(url("payment", payment))


def test_money_of_an_invoice_is_received_and_settles_it(account, books):
    invoice = make_invoice(100, account=account)
    page = books.get(reverse("billing:receive"), {"invoice": invoice.pk})
    first = page.context["form"].initial
    assert (first["amount"], first["client"]) == (Decimal("100"), "Acme Florists")
    said = {
        "invoice": invoice.pk, "amount": "100.00", "currency": "USD", "client": "Acme Florists",
        "account": account.pk, "received_on": "2026-01-05", "method": "bank",
        "legal_entity": invoice.legal_entity_id,
    }  # fmt: skip
    assert books.post(reverse("billing:receive"), said).status_code == 302
    payment = Payment.objects.get()
    invoice.refresh_from_db()
    assert (invoice.due, payment.unallocated) == (0, 0)


def test_a_refused_form_keeps_what_was_typed(account, books):
    said = {"amount": "minus ten", "purpose": "Tulips", "client": "Acme Florists"}
    answer = books.post(reverse("billing:receive"), said)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "minus ten" in text
    assert "Tulips" in text
    assert not Payment.objects.exists()


def test_a_payment_of_nobody_is_told_whose_it_is(account, books):
    payment = make_payment(70)
    assert books.post(url("payment_whose", payment), {"client": "", "version": 1}).status_code == 422
    said = {"client": "Acme Florists", "version": payment.version}
    assert books.post(url("payment_whose", payment), said).status_code == 302
    payment.refresh_from_db()
    assert payment.account == account


def test_allocation_is_suggested_with_why_and_changed_by_hand(account, books):
    invoice = make_invoice(100, account=account)
    payment = make_payment(60, account, purpose=f"Invoice {invoice.number}")
    (offer, _field), *rest = books.get(url("payment_allocate", payment)).context["form"].rows
    assert not rest
    assert (offer.suggested, offer.why) == (Decimal(60), "its number is in the purpose")
    said = {f"part-{offer.key}": "60.01", "version": payment.version}
    answer = books.post(url("payment_allocate", payment), said)
    assert answer.status_code == 422
    assert "60.01" in answer.content.decode()
    said[f"part-{offer.key}"] = "25"
    assert books.post(url("payment_allocate", payment), said).status_code == 302
    payment.refresh_from_db()
    assert payment.unallocated == 35
    assert invoice.number in books.get(url("payment", payment)).content.decode()


def test_somebody_was_first_and_nothing_is_done(account, books):
    invoice = make_invoice(100, account=account)
    payment = make_payment(60, account)
    key = invoice.instalments.get().pk
    said = {f"part-{key}": "10", "version": payment.version + 1}
    assert books.post(url("payment_allocate", payment), said).status_code == 409


def test_released_paid_back_and_voided(account, books):
    invoice = make_invoice(100, account=account)
    payment = pay(invoice, 100)
    standing = payment.allocations.get()
    said = {"allocations": [standing.pk], "version": payment.version}
    assert books.post(url("payment_release", payment), said).status_code == 302
    payment.refresh_from_db()
    assert payment.unallocated == 100
    said = {"amount": "30", "paid_on": "2026-01-09", "version": payment.version}
    assert books.post(url("payment_pay_back", payment), said).status_code == 302
    payment.refresh_from_db()
    out = payment.paid_back_by.get()
    assert books.get(url("payment", out)).status_code == 200
    said = {"reason": "twice", "version": payment.version}
    assert books.post(url("payment_void", payment), said).status_code == 422
    assert books.post(url("payment_void", out), {"reason": "", "version": out.version}).status_code == 422
    assert books.post(url("payment_void", out), {"reason": "no", "version": out.version}).status_code == 302
    text = books.get(url("payment", out)).content.decode()
    assert "Voided" in text
