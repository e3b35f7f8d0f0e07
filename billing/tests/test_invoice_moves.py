"""From a draft to the end of an invoice on its page: who may press what, and what a refusal keeps."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.models import Invoice, InvoiceState, LegalEntity
from billing.testing import line, make_draft, make_invoice, make_legal_entity

D = Decimal


@pytest.fixture
def client(cast):
    make_legal_entity()
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def strict(client):
    """An own company whose larger invoices somebody has to approve."""
    LegalEntity.objects.update(approval_over=D(100))
    return client


def door(name, invoice):
    return reverse(f"billing:{name}", args=[invoice.pk])


def press(browser, name, invoice, **said):
    said.setdefault("version", Invoice.objects.values_list("version", flat=True).get(pk=invoice.pk))
    answer = browser.post(door(name, invoice), said)
    invoice.refresh_from_db()
    return answer


def doors_on(browser, invoice):
    """The names of what the page offers."""
    text = browser.get(invoice.get_absolute_url()).content.decode()
    names = (
        "submit",
        "approve",
        "send_back",
        "issue",
        "discard",
        "credit",
        "write_off",
        "take_back",
        "lines",
        "edit",
    )
    return {name for name in names if f'href="{door(name, invoice)}"' in text}


def test_a_draft_is_issued_after_a_word_of_warning(cast, client, client_of):
    invoice = make_draft(100, account=client)
    browser = client_of(cast.salesperson)
    asked = browser.get(door("issue", invoice)).content.decode()
    assert "is locked" in asked
    assert "Issue for 100.00\xa0USD" in asked
    answer = press(browser, "issue", invoice)
    assert answer.url == invoice.get_absolute_url()
    assert invoice.state == InvoiceState.ISSUED
    assert f"Issued: {invoice.number}" in browser.get(answer.url).content.decode()
    again = press(browser, "issue", invoice)
    assert again.status_code == 422


def test_what_has_to_be_approved_goes_to_a_head_and_back(cast, strict, client_of):
    invoice = make_draft(500, account=strict)
    seller, head = client_of(cast.salesperson), client_of(cast.head)
    assert doors_on(seller, invoice) == {"submit", "discard", "lines", "edit"}
    refused = press(seller, "issue", invoice)
    assert refused.status_code == 422
    assert "Somebody has to approve" in refused.content.decode()
    assert press(seller, "submit", invoice).status_code == 302
    assert invoice.state == InvoiceState.WAITING
    assert "approve" not in doors_on(seller, invoice)
    assert {"approve", "send_back"} <= doors_on(head, invoice)
    assert "1 invoice" in head.get("/billing/?to_approve=1").content.decode()
    nothing = press(head, "send_back", invoice, reason="")
    assert nothing.status_code == 422
    assert press(head, "send_back", invoice, reason="Too cheap").status_code == 302
    assert invoice.state == InvoiceState.DRAFT
    assert "Too cheap" in seller.get(invoice.get_absolute_url()).content.decode()
    press(seller, "submit", invoice)
    assert press(head, "approve", invoice, comment="Well sold").status_code == 302
    assert "issue" in doors_on(seller, invoice)
    assert press(seller, "issue", invoice).status_code == 302
    assert invoice.state == InvoiceState.ISSUED


def test_nobody_approves_their_own(cast, strict, client_of):
    invoice = make_draft(500, account=strict, owner=cast.head)
    head = client_of(cast.head)
    press(head, "submit", invoice)
    assert "approve" not in doors_on(head, invoice)
    refused = press(head, "approve", invoice)
    assert refused.status_code == 422
    assert "Somebody else has to approve" in refused.content.decode()


def test_a_draft_somebody_changed_meanwhile_is_not_issued(cast, client, client_of):
    invoice = make_draft(100, account=client)
    seen = invoice.version
    invoice.put_lines([line(999)], by=cast.head, at=timezone.now())
    answer = press(client_of(cast.salesperson), "issue", invoice, version=seen)
    assert answer.status_code == 409
    assert invoice.state == InvoiceState.DRAFT


def test_an_empty_draft_offers_no_issue_and_a_discarded_one_nothing(cast, client, client_of):
    invoice = Invoice.draft(account=client, by=cast.salesperson, at=timezone.now())
    browser = client_of(cast.salesperson)
    assert doors_on(browser, invoice) == {"discard", "lines", "edit"}
    assert press(browser, "issue", invoice).status_code == 422
    assert press(browser, "discard", invoice).status_code == 302
    assert invoice.state == InvoiceState.DISCARDED
    assert doors_on(browser, invoice) == set()
    assert "was discarded" in browser.get(invoice.get_absolute_url()).content.decode()


def test_an_issued_invoice_is_credited_in_part_and_as_a_whole(cast, client, client_of):
    invoice = make_invoice(account=client, lines=[line(10, 4, "Roses"), line(5, 1, "Ribbon")])
    head, first = client_of(cast.head), invoice.lines.first()
    assert "4" in head.get(door("credit", invoice)).content.decode()
    too_many = press(head, "credit", invoice, reason="Wilted", how="lines", **{f"line-{first.pk}": "5"})
    assert too_many.status_code == 422
    assert "Wilted" in too_many.content.decode()
    none = press(head, "credit", invoice, reason="Wilted", how="lines")
    assert "Say how much of which line" in none.content.decode()
    answer = press(head, "credit", invoice, reason="Wilted", how="lines", **{f"line-{first.pk}": "1"})
    assert answer.status_code == 302
    assert (invoice.credited, invoice.due) == (D(10), D(35))
    assert press(head, "credit", invoice, reason="Cancelled", how="whole").status_code == 302
    assert invoice.state == InvoiceState.CREDITED
    assert invoice.credit_notes.count() == 2
    assert "credit" not in doors_on(head, invoice)
    refused = press(head, "credit", invoice, reason="Again", how="whole")
    assert refused.status_code == 422
    assert "wholly credited already" in refused.content.decode()


def test_what_nobody_pays_is_written_off_and_taken_back(cast, client, client_of):
    invoice = make_invoice(100, account=client)
    books = client_of(cast.accountant)
    over = press(books, "write_off", invoice, reason="Bankrupt", amount="200")
    assert over.status_code == 422
    assert "Only 100.00" in over.content.decode()
    assert "Bankrupt" in over.content.decode()
    assert press(books, "write_off", invoice, reason="Bankrupt", amount="40").status_code == 302
    assert (invoice.written_off, invoice.due) == (D(40), D(60))
    assert {"write_off", "take_back", "credit"} <= doors_on(books, invoice)
    assert press(books, "write_off", invoice, reason="All of it", amount="").status_code == 302
    assert invoice.state == InvoiceState.WRITTEN_OFF
    assert press(books, "take_back", invoice).status_code == 302
    assert invoice.due == D(100)


def test_only_those_who_may_see_and_press_each_button(cast, client, client_of):
    invoice, draft = make_invoice(100, account=client), make_draft(100, account=client)
    assert doors_on(client_of(cast.salesperson), invoice) == set()
    for person in (cast.head, cast.accountant, cast.admin):
        assert doors_on(client_of(person), invoice) == {"credit", "write_off"}, person
    for name in ("credit", "write_off", "take_back", "approve", "send_back"):
        assert press(client_of(cast.salesperson), name, invoice, reason="Mine").status_code == 403, name
    for name in ("submit", "issue", "discard", "credit", "write_off", "approve", "send_back", "take_back"):
        for record in (invoice, draft):
            answer = press(client_of(cast.outsider), name, record, reason="Mine")
            assert answer.status_code in (403, 404), name
            assert press(client_of(cast.support), name, record, reason="Mine").status_code == 403, name
    assert (invoice.due, draft.state) == (D(100), InvoiceState.DRAFT)


def test_a_move_sent_twice_is_done_once(cast, client, client_of):
    invoice = make_invoice(100, account=client)
    said = {"reason": "Bankrupt", "amount": "40", "version": invoice.version,
            "nonce": "6f6e1f34-55f3-4f35-8f0e-4c9ab1f3f0aa"}  # fmt: skip
    browser = client_of(cast.accountant)
    first = browser.post(door("write_off", invoice), said)
    second = browser.post(door("write_off", invoice), said)
    assert first.url == second.url
    invoice.refresh_from_db()
    assert invoice.written_off == D(40)


def test_a_foreign_currency_without_a_rate_is_said_on_the_page_and_refused(cast, client, client_of):
    invoice = make_draft(100, account=client, currency="EUR")
    invoice.legal_entity.approval_over = D(100)
    invoice.legal_entity.save()
    browser = client_of(cast.salesperson)
    assert "rate" in browser.get(invoice.get_absolute_url()).content.decode()
    assert press(browser, "issue", invoice).status_code == 422


def test_a_head_gives_an_invoice_to_somebody_else_and_the_giver_keeps_seeing_it(cast, client, client_of):
    invoice = make_invoice(100, account=client)
    head = client_of(cast.head)
    assert "Give to somebody else" in head.get(invoice.get_absolute_url()).content.decode()
    answer = press(head, "give", invoice, owner=cast.colleague.pk)
    assert answer.url == invoice.get_absolute_url()
    assert invoice.owner == cast.colleague
    assert client_of(cast.salesperson).get(invoice.get_absolute_url()).status_code == 200
    assert press(client_of(cast.salesperson), "give", invoice, owner=cast.salesperson.pk).status_code == 403
