"""The page of an invoice: what it shows to whom, and how many statements that takes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.testing import line, make_draft, make_invoice, make_legal_entity, make_rate, pay
from catalog.models import TaxRate
from catalog.testing import make_product
from deals.testing import make_deal, make_pipeline
from foundation.clock import company_day
from foundation.testing import assert_query_count

D = Decimal


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def now():
    return timezone.now()


def text_of(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_lines_taxes_and_sums_stand_as_they_are_kept(cast, client, client_of):
    rate = TaxRate.objects.create(name="VAT", percent=D("20"))
    invoice = make_invoice(
        account=client, lines=[line(10, 3, "Roses", tax_rate_id=rate.pk), line("0.0125", 1000, "Screws")]
    )
    text = text_of(client_of(cast.salesperson).get(invoice.get_absolute_url()))
    for said in ("Roses", "Screws", "0.0125", "1,000", "VAT", "12.50", "36.00", "48.50", invoice.number):
        assert said in text, said


def test_only_those_who_may_know_costs_read_them(cast, client, client_of, now):
    product = make_product("Bouquet", 100, cost=D("60"))
    invoice = make_draft(account=client, lines=[line(100, 2, "Bouquet")])
    invoice.lines.update(cost=D("61.37"), product=product, trace=[
        {"step": "plain", "name": "", "before": None, "after": "100.00"},
        {"step": "derived", "name": "Cost plus", "base": "cost", "before": "61.37", "after": "100.00"},
    ])  # fmt: skip
    key = invoice.lines.get().pk
    why = reverse("billing:why", args=[invoice.pk, key])
    for person, sees in ((cast.salesperson, False), (cast.head, True), (cast.accountant, True)):
        browser = client_of(person)
        page, trace = text_of(browser.get(invoice.get_absolute_url())), text_of(browser.get(why))
        assert ("77.26" in page) is sees, person
        assert ("61.37" in trace) is sees, person
        assert "Plain price" in trace


def test_the_outsider_gets_404_from_every_page_of_it(cast, client, client_of):
    invoice = make_invoice(100, account=client)
    outsider = client_of(cast.outsider)
    for name, *more in (("invoice",), ("timeline",), ("why", invoice.lines.get().pk)):
        assert outsider.get(reverse(f"billing:{name}", args=[invoice.pk, *more])).status_code == 404


def test_instalments_say_what_is_settled_late_and_to_come(cast, client, client_of):
    today = company_day(timezone.now())
    parts = [
        (today - timedelta(days=9), 30),
        (today - timedelta(days=2), 30),
        (today + timedelta(days=20), 40),
    ]
    invoice = make_invoice(100, account=client, parts=parts)
    pay(invoice, 45)
    text = text_of(client_of(cast.accountant).get(invoice.get_absolute_url()))
    for said in ("settled", "15.00\xa0USD settled", "overdue 2 days", "55.00\xa0USD still due", "Payment of"):
        assert said in text, said


def test_credit_notes_and_write_offs_are_shown_on_both_sides(cast, client, client_of, now):
    invoice = make_invoice(100, account=client)
    part = [(invoice.lines.get().pk, D("0.4"))]
    note = invoice.credit(reason="Came broken", lines=part, by=cast.robot, at=now)
    invoice.write_off(reason="Bankrupt", by=cast.robot, at=now)
    browser = client_of(cast.salesperson)
    text = text_of(browser.get(invoice.get_absolute_url()))
    for said in (str(note), "Came broken", "Bankrupt", "Credited", "Written off"):
        assert said in text, said
    text = text_of(browser.get(note.get_absolute_url()))
    assert f'It takes back <a href="{invoice.get_absolute_url()}">{invoice.number}</a>' in text
    assert "Used for" in text


def test_a_foreign_currency_is_shown_with_its_frozen_rate_and_the_deal_beside(cast, client, client_of):
    make_rate("EUR", "1.25")
    deal = make_deal("Wedding", owner=cast.salesperson, account=client, pipeline=make_pipeline())
    invoice = make_invoice(100, account=client, currency="EUR", deal=deal)
    text = text_of(client_of(cast.salesperson).get(invoice.get_absolute_url()))
    assert "125.00\xa0USD at 1.25" in text
    assert "Wedding" in text


def test_what_somebody_has_to_approve_is_said(cast, client, client_of):
    invoice = make_draft(500, account=client)
    entity = invoice.legal_entity
    entity.approval_over = D(100)
    entity.save()
    text = text_of(client_of(cast.salesperson).get(invoice.get_absolute_url()))
    assert "It comes to more than" in text
    assert "Somebody has to approve it" in text


def test_statements_of_the_page(cast, client, client_of, now):
    invoice = make_invoice(
        account=client, lines=[line(number, 1, f"Line {number}") for number in range(1, 60)]
    )
    pay(invoice, 50)
    invoice.credit(reason="One", lines=[(invoice.lines.first().pk, D(1))], by=cast.robot, at=now)
    browser = client_of(cast.accountant)
    with assert_query_count("invoice"):
        browser.get(invoice.get_absolute_url())
    draft = make_draft(account=client, lines=[line(number, 1) for number in range(1, 30)])
    browser = client_of(cast.salesperson)
    with assert_query_count("draft"):
        browser.get(draft.get_absolute_url())
    with assert_query_count("why"):
        browser.get(reverse("billing:why", args=[draft.pk, draft.lines.first().pk]))


def test_a_very_long_invoice_shows_its_first_lines_and_the_rest_when_asked(cast, client, client_of):
    invoice = make_draft(account=client, lines=[line(1, 1, f"Line {number}") for number in range(1, 206)])
    browser = client_of(cast.salesperson)
    text = text_of(browser.get(invoice.get_absolute_url()))
    assert "5 more lines" in text
    assert "Line 205" not in text
    assert "Line 205" in text_of(browser.get(invoice.get_absolute_url() + "?lines=all"))
