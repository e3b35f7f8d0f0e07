"""What a process may do with invoices and payments, and what makes one begin."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ContactPoint
from accounts.testing import make_account
from billing import overdue
from billing.automation import FIELDS
from billing.models import Invoice, InvoiceLink, LegalEntity
from billing.testing import make_draft, make_invoice, make_legal_entity, make_payment, pay
from deals.testing import make_deal
from foundation.automation import all_actions, options_of
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import Event
from processes import working
from processes.conditions.loading import values_of
from processes.models import Incident, Run
from processes.testing import block, make_process, open_work, settle

pytestmark = pytest.mark.django_db
OWNER = {"kind": "owner"}


@pytest.fixture
def told(cast):
    return {"by": cast.robot, "at": timezone.now()}


@pytest.fixture
def client(cast):
    make_legal_entity()
    client = make_account("Acme Florists", owner=cast.salesperson)
    ContactPoint.objects.create(account=client, kind="email", value="books@acme.example")
    return client


@pytest.fixture
def deal(cast, client):
    return make_deal("Roses", owner=cast.salesperson, account=client, amount=900)


def act(name, record, arguments, told):
    all_actions()[name].run(record.pk, arguments, **told)


def page(browser, run):
    return browser.get(reverse("processes:run", args=[run.pk])).content.decode()


def test_a_won_deal_is_invoiced_issued_and_sent_in_one_step(cast, deal, mailoutbox):
    steps = [block("action", "Invoice", action="deal.invoice", arguments={"then": "send"})]
    make_process(steps, starts=[{"fact": "deal.won"}])
    deal.win(by=cast.salesperson, at=timezone.now())
    settle()
    run, invoice = Run.objects.get(), Invoice.objects.get()
    assert (run.status, invoice.state, invoice.deal, invoice.total) == ("ended", "issued", deal, 900)
    assert (invoice.created_by, invoice.owner) == (cast.robot, cast.salesperson)
    mail = mailoutbox[0]
    assert (mail.to, mail.reply_to) == (["books@acme.example"], [cast.salesperson.email])
    assert invoice.number in mail.subject
    address = next(word for word in mail.body.split() if word.startswith("http"))
    assert Client().get(urlsplit(address).path).status_code == 200
    assert mail.attachments


def test_one_process_drafts_and_another_goes_on_with_the_draft(cast, deal, mailoutbox):
    make_process([block("action", "Draft", action="deal.invoice")], starts=[{"fact": "deal.won"}])
    large = {"fact": "invoice.drafted", "when": ["invoice.total", "gte", "500"]}
    text = "{invoice.client_name}: {invoice.number} by {link}"
    steps = [
        block("action", "Issue", action="invoice.issue"),
        block("action", "Send", action="invoice.send", arguments={"to": "boss@acme.example", "text": text}),
    ]
    make_process(steps, starts=[large], subject_kind="invoice", name="Issue")
    deal.win(by=cast.salesperson, at=timezone.now())
    settle()
    invoice = Invoice.objects.get()
    assert invoice.state == "issued"
    assert mailoutbox[0].to == ["boss@acme.example"]
    assert mailoutbox[0].body.startswith(f"Acme Florists: {invoice.number} by http")


def test_a_deal_won_again_is_not_invoiced_again(cast, deal, told):
    act("deal.invoice", deal, {"then": "issue"}, told)
    with pytest.raises(Refused, match="invoiced already"):
        act("deal.invoice", deal, {}, told)


def test_who_is_late_is_reminded_and_the_owner_has_a_task(cast, client, mailoutbox):
    steps = [
        block("action", "Remind", action="invoice.remind"),
        block("task", "Call {invoice.client_name}", who=OWNER),
    ]
    make_process(steps, starts=[{"fact": "invoice.overdue"}], subject_kind="invoice")
    now = timezone.now()
    invoice = make_invoice(100, account=client, parts=[(company_day(now) - timedelta(days=3), 100)])
    overdue.tell_overdue(at=now)
    settle()
    assert "100.00" in mailoutbox[0].body
    assert "was due on" in mailoutbox[0].body
    assert Event.objects.get(name="invoice.reminded").payload["invoice_id"] == invoice.pk
    assert open_work(Run.objects.get()) == ["Call Acme Florists"]


def test_a_run_that_waits_for_the_money_goes_on_when_it_is_paid(cast, client):
    steps = [
        block("wait", "Money", **{"for": {"fact": "invoice.paid"}}),
        block("task", "Thank them", who=OWNER),
    ]
    make_process(steps, starts=[{"fact": "invoice.issued"}], subject_kind="invoice")
    invoice = make_invoice(100, account=client)
    settle()
    assert open_work(Run.objects.get()) == []
    pay(invoice, 100)
    settle()
    assert open_work(Run.objects.get()) == ["Thank them"]


def test_a_large_payment_that_came_begins_a_process_about_it(cast, client):
    start = {"fact": "payment.received", "when": ["payment.amount", "gt", "500"]}
    make_process([block("task", "Look at it", who=OWNER)], starts=[start], subject_kind="payment")
    make_payment(100, client)
    payment = make_payment(900, client)
    settle()
    assert Run.objects.get().subject_id == payment.pk


def test_what_is_refused_is_said_in_the_run_and_nothing_stays_half_done(cast, deal, client_of):
    LegalEntity.objects.update(approval_over=100)
    steps = [block("action", "Invoice", action="deal.invoice", arguments={"then": "issue"})]
    make_process(steps, starts=[{"fact": "deal.won"}])
    deal.win(by=cast.salesperson, at=timezone.now())
    settle()
    run = Run.objects.get()
    assert "Somebody has to approve the invoice first." in Incident.objects.get(run=run).cause
    assert not Invoice.objects.exists()
    assert "Somebody has to approve the invoice first." in page(client_of(cast.head), run)
    LegalEntity.objects.update(approval_over=None)
    working.retry(Incident.objects.get(run=run), by=cast.admin, at=timezone.now())
    assert Invoice.objects.get().state == "issued"


def test_a_draft_is_submitted_or_discarded(client, told):
    LegalEntity.objects.update(approval_over=100)
    invoice = make_draft(500, account=client)
    act("invoice.submit", invoice, {}, told)
    invoice.refresh_from_db()
    assert invoice.state == "waiting"
    act("invoice.discard", invoice, {}, told)
    invoice.refresh_from_db()
    assert invoice.state == "discarded"


def test_nobody_is_reminded_of_what_is_paid_and_nobody_written_to_without_an_address(client, told):
    invoice = make_invoice(100, account=client)
    ContactPoint.objects.all().delete()
    for name in ("invoice.send", "invoice.remind"):
        with pytest.raises(Refused, match="Acme Florists has no e-mail address"):
            act(name, invoice, {}, told)
    pay(invoice, 100)
    with pytest.raises(Refused, match="Nothing is due"):
        act("invoice.remind", invoice, {}, told)
    with pytest.raises(Refused, match="a draft is shown to nobody"):
        act("invoice.send", make_draft(100, account=client), {"to": "a@b.example", "text": "Hello"}, told)
    assert not InvoiceLink.objects.exists()


def test_every_field_is_read_and_every_choice_offered(cast, client):
    invoice, payment = make_invoice(100, account=client), make_payment(50, client)
    for record, kind in ((invoice, "invoice"), (payment, "payment")):
        mine = {each.name: {} for each in FIELDS if each.subject == kind}
        assert values_of(type(record), record.pk, mine).keys() == mine.keys()
    assert values_of(Invoice, invoice.pk, {"invoice.due": {}}) == {"invoice.due": 100}
    assert all(list(each.options()) for each in FIELDS if each.options and "stage" not in each.name)
    assert [key for key, _label in options_of("invoice_then")] == ["submit", "issue", "send"]


def test_a_process_about_invoices_is_shown_beside_the_invoice(cast, client, client_of):
    make_process(
        [block("task", "Look", who=OWNER)], starts=[{"fact": "invoice.issued"}], subject_kind="invoice"
    )
    invoice = make_invoice(100, account=client)
    settle()
    url = reverse("processes:about", args=["invoice", invoice.pk])
    assert url in client_of(cast.salesperson).get(invoice.get_absolute_url()).content.decode()
    assert "Approval" in client_of(cast.salesperson).get(url).content.decode()
    assert client_of(cast.outsider).get(url).status_code == 404
