"""The paper of an invoice: made once by a worker, looked at, sent by real mail, opened by strangers with a link."""

import email
import email.policy
import hashlib
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ContactPoint
from accounts.testing import make_account
from billing.documents import printing
from billing.models import InvoiceLink, InvoicePrint, LegalEntity, PrintState
from billing.testing import make_draft, make_invoice, pay
from foundation.clock import company_day
from foundation.drain import drain
from foundation.errors import Refused
from foundation.models import Delivery, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def client(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def invoice(client):
    return make_invoice(100, account=client)


@pytest.fixture
def letters(settings):
    """Everything that a mail server was given."""
    came = []

    class Keeping:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            came.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Keeping(), hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    yield came
    controller.stop()


def page(name, key, **asked):
    return reverse(f"billing:{name}", args=[key], query=asked or None)


def body_of(answer):
    return b"".join(answer.streaming_content)


def shared(invoice, cast, now, days=30):
    until = company_day(now) + timedelta(days=days)
    return InvoiceLink.make(invoice, expires_on=until, by=cast.salesperson, at=now)


def test_a_paper_is_made_once_while_the_invoice_says_the_same(cast, invoice, now):
    first = printing.asked(invoice, "en", by=cast.salesperson, at=now)
    assert first.state == PrintState.WAITING
    assert printing.make_due() == 1
    again = printing.asked(invoice, "en", by=cast.head, at=now)
    assert (again.pk, again.state) == (first.pk, PrintState.READY)
    assert printing.make_due() == 0
    content = again.file.read()
    assert content.startswith(b"%PDF-")
    assert (again.size, again.digest) == (len(content), hashlib.sha256(content).hexdigest())
    assert (again.html, again.code) == ("", "")


def test_what_was_paid_and_another_language_are_other_papers(cast, invoice, now):
    first = printing.asked(invoice, "en", by=cast.salesperson, at=now)
    other = printing.asked(invoice, "id", by=cast.salesperson, at=now)
    pay(invoice, 40)
    later = printing.asked(invoice, "en", by=cast.salesperson, at=now)
    assert len({first.pk, other.pk, later.pk}) == 3
    assert printing.make_due() == 3


def test_one_that_fails_is_tried_three_times_and_anew_when_it_is_asked_for_again(
    cast, invoice, now, monkeypatch
):
    made = printing.asked(invoice, "en", by=cast.salesperson, at=now)
    monkeypatch.setattr(printing, "pdf_of", lambda html, parts: 1 / 0)
    assert [printing.make_due() for _turn in range(4)] == [0, 0, 0, 0]
    made.refresh_from_db()
    assert (made.state, made.tries) == (PrintState.FAILED, 3)
    monkeypatch.undo()
    assert printing.asked(invoice, "en", by=cast.salesperson, at=now).state == PrintState.WAITING
    assert printing.make_due() == 1


def test_the_page_waits_for_the_paper_and_then_shows_it(cast, client_of, invoice):
    browser = client_of(cast.salesperson)
    waiting = browser.get(page("paper", invoice.pk))
    assert b"hx-trigger" in waiting.content
    assert browser.get(page("pdf", invoice.pk)).status_code == 302
    printing.make_due()
    part = browser.get(page("paper", invoice.pk), headers={"HX-Request": "true"})
    assert b"<iframe" in part.content
    assert b"<html" not in part.content
    answer = browser.get(page("pdf", invoice.pk))
    assert body_of(answer).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    download = browser.get(page("pdf", invoice.pk, download=1))
    assert download["Content-Disposition"] == f'attachment; filename="Invoice-{invoice.number}.pdf"'


def test_a_paper_is_seen_by_those_who_see_the_invoice(cast, client_of, invoice):
    for name in ("paper", "pdf"):
        assert client_of(cast.outsider).get(page(name, invoice.pk)).status_code == 404
    assert client_of(cast.head).get(page("paper", invoice.pk, language="ru")).status_code == 200
    made = InvoicePrint.objects.get()
    assert made.language == "ru"


def test_a_mail_carries_the_paper_and_the_link_and_is_answered_to_its_sender(
    cast, client_of, invoice, letters
):
    ContactPoint.objects.create(account=invoice.account, kind="email", value="books@acme.example")
    browser = client_of(cast.salesperson)
    form = browser.get(page("send", invoice.pk)).context["form"]
    assert form["to"].value() == "books@acme.example"
    said = {name: form[name].value() for name in form.fields} | {"with_link": "on"}
    answer = browser.post(page("send", invoice.pk), said)
    assert answer.url == page("paper", invoice.pk)
    drain()
    assert not Delivery.objects.filter(done_at=None).exists()
    (letter,) = letters
    assert letter["To"] == "books@acme.example"
    assert letter["Reply-To"] == cast.salesperson.email
    assert invoice.number in letter["Subject"]
    (paper,) = letter.iter_attachments()
    assert paper.get_content().startswith(b"%PDF-")
    assert paper.get_filename() == f"Invoice-{invoice.number}.pdf"
    path = InvoiceLink.objects.get().path
    assert path in letter.get_body().get_content()
    assert Client().get(path).status_code == 200
    assert Event.objects.filter(name="invoice.sent").count() == 1
    text = browser.get(invoice.get_absolute_url()).content.decode()
    assert "books@acme.example" in text, "the timeline says to whom"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "nobody at all"}, "no e-mail address"),
        ({"to": ", ".join(f"a{n}@acme.example" for n in range(11))}, "at most"),
        ({"with_link": ""}, "there is no link"),
        ({"opens_until": "2020-01-01"}, "at least today"),
    ],
)
def test_what_cannot_be_sent_is_said_and_what_was_typed_stays(cast, client_of, invoice, change, words):
    browser = client_of(cast.salesperson)
    form = browser.get(page("send", invoice.pk)).context["form"]
    said = {name: form[name].value() for name in form.fields}
    said |= {"to": "books@acme.example", "with_link": "on", "subject": "Typed with care"} | change
    said = {name: value for name, value in said.items() if value != ""}
    answer = browser.post(page("send", invoice.pk), said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Typed with care" in answer.content.decode()
    assert not Event.objects.filter(name__in=["invoice.sent", "invoice.shared"]).exists()


def test_a_draft_is_neither_sent_nor_shared(cast, client_of, client, now):
    draft = make_draft(100, account=client)
    with pytest.raises(Refused, match="Issue the invoice first"):
        shared(draft, cast, now)
    browser = client_of(cast.salesperson)
    assert page("send", draft.pk) not in browser.get(page("paper", draft.pk)).content.decode()


def test_a_link_opens_one_invoice_and_each_opening_is_written_down(cast, invoice, now):
    link, stranger = shared(invoice, cast, now), Client()
    answer = stranger.get(link.path)
    assert answer.status_code == 200
    assert invoice.number in answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex"
    assert stranger.get(page("open_file", link.token)).status_code == 202
    printing.make_due()
    assert body_of(stranger.get(page("open_file", link.token))).startswith(b"%PDF-")
    assert list(link.openings.order_by("pk").values_list("what", "source")) == [
        ("page", "127.0.0"),
        ("file", "127.0.0"),
    ]
    assert Event.objects.filter(name="invoice.opened").count() == 1, "told once a day"


def test_a_link_that_is_forged_revoked_or_over_opens_nothing(cast, client_of, invoice, now):
    link, stranger = shared(invoice, cast, now), Client()
    forged = link.token[:-1] + ("a" if link.token[-1] != "a" else "b")
    assert stranger.get(page("open", forged)).status_code == 404
    over = InvoiceLink.objects.create(
        invoice=invoice, expires_on=company_day(now) - timedelta(days=1), made_at=now, made_by=cast.head
    )
    assert stranger.get(over.path).status_code == 404
    assert client_of(cast.outsider).post(page("revoke_link", link.pk)).status_code == 404
    assert client_of(cast.salesperson).post(page("revoke_link", link.pk)).status_code == 302
    assert stranger.get(link.path).status_code == 404
    assert stranger.get(page("open_file", link.token)).status_code == 404
    link.refresh_from_db()
    link.revoke(by=cast.head, at=now)
    assert Event.objects.filter(name="invoice.unshared").count() == 1


def test_a_link_is_made_on_the_page_and_shown_there_until_it_is_revoked(cast, client_of, invoice):
    browser = client_of(cast.salesperson)
    assert browser.post(page("make_link", invoice.pk), {"opens_until": "2020-01-01"}).status_code == 422
    until = company_day(timezone.now()) + timedelta(days=5)
    assert browser.post(page("make_link", invoice.pk), {"opens_until": until.isoformat()}).status_code == 302
    link = InvoiceLink.objects.get()
    assert link.path in browser.get(page("paper", invoice.pk)).content.decode()
    browser.post(page("revoke_link", link.pk))
    text = browser.get(page("paper", invoice.pk)).content.decode()
    assert link.path not in text
    assert "revoked" in text


def test_too_many_openings_from_one_place_are_turned_away(cast, invoice, now, monkeypatch):
    from billing.views import public_invoice

    monkeypatch.setattr(public_invoice, "A_MINUTE", 2)
    link, stranger = shared(invoice, cast, now), Client()
    assert [stranger.get(link.path).status_code for _turn in range(3)] == [200, 200, 429]


def test_an_own_company_prints_in_spanish_and_indonesian(cast, client, now):
    entity = LegalEntity.objects.first() or make_invoice(5, account=client).legal_entity
    LegalEntity.objects.filter(pk=entity.pk).update(language="es")
    spanish = make_invoice(100, account=client)
    assert spanish.language == "es"
    made = printing.made_now(spanish, "", by=cast.salesperson, at=now)
    assert (made.language, made.state) == ("es", PrintState.READY)
