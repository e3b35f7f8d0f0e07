"""Invitations leave by real SMTP, once an address, and are answered on a page of their own."""

import email
import email.policy
import socket
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from aiosmtpd.controller import Controller
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account, make_contact
from activities import invitations
from activities.guests import Guests
from activities.models import Participant
from activities.testing import make_meeting
from foundation import drain as draining
from foundation.models import Delivery, Event


class Mailbox:
    """Everything a mail server was given."""

    def __init__(self):
        self.messages = []
        self.refuses = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuses:
            return "451 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address):
        return [each for each in self.messages if address in each["To"]]


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture
def mailbox(settings):
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
    yield box
    controller.stop()


def calendar_of(message):
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    assert part.get_param("method")
    book = icalendar.Calendar.from_ical(part.get_content())
    return book, next(each for each in book.walk("VEVENT"))


@pytest.fixture
def meeting(cast, mailbox):
    guests = Guests(people=(cast.colleague,), addresses=("ivan@client.example",))
    return make_meeting(cast.salesperson, "Demo", guests=guests, announce=True, place="Oak street 1")


def test_everybody_invited_gets_one_mail_with_the_meeting_in_it(cast, mailbox, meeting):
    draining.drain()
    assert len(mailbox.to("ivan@client.example")) == 1
    assert len(mailbox.to(cast.colleague.email)) == 1
    assert not mailbox.to(cast.salesperson.email)
    book, event = calendar_of(mailbox.to("ivan@client.example")[0])
    assert str(book["METHOD"]) == "REQUEST"
    assert (str(event["SUMMARY"]), int(event["SEQUENCE"])) == ("Demo", 0)
    assert event.decoded("DTSTART").astimezone(UTC) == meeting.starts_at.replace(microsecond=0)


def test_a_change_raises_the_sequence_and_a_cancellation_says_so(cast, mailbox, meeting):
    draining.drain()
    later = meeting.starts_at + timedelta(hours=2)
    meeting.change(
        {"starts_at": later, "ends_at": later + timedelta(hours=1)}, by=cast.salesperson, at=timezone.now()
    )
    draining.drain()
    meeting.cancel("Ill", by=cast.salesperson, at=timezone.now())
    draining.drain()
    told = [calendar_of(each) for each in mailbox.to("ivan@client.example")]
    assert [(str(book["METHOD"]), int(event["SEQUENCE"])) for book, event in told] == [
        ("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2),
    ]  # fmt: skip
    assert len({str(event["UID"]) for _book, event in told}) == 1


def test_who_is_no_longer_invited_hears_that_it_is_cancelled_for_them(cast, mailbox, meeting):
    draining.drain()
    meeting.change({}, guests=Guests(people=(cast.colleague,)), by=cast.salesperson, at=timezone.now())
    draining.drain()
    book, _event = calendar_of(mailbox.to("ivan@client.example")[-1])
    assert str(book["METHOD"]) == "CANCEL"


def test_nobody_is_written_to_unless_somebody_said_so(cast, mailbox):
    meeting = make_meeting(cast.salesperson, guests=Guests(addresses=("ivan@client.example",)))
    meeting.change({"title": "Other"}, by=cast.salesperson, at=timezone.now())
    draining.drain()
    assert mailbox.messages == []


def test_a_refused_mailbox_holds_up_nobody_and_is_tried_again_under_one_id(cast, mailbox, meeting):
    mailbox.refuses.add("ivan@client.example")
    draining.drain()
    assert len(mailbox.to(cast.colleague.email)) == 1
    mailbox.refuses.clear()
    Delivery.objects.filter(done_at=None).update(due_at=timezone.now() - timedelta(seconds=1))
    draining.drain()
    assert len(mailbox.to("ivan@client.example")) == 1
    assert len(mailbox.to(cast.colleague.email)) == 1
    event = Event.objects.get(name="meeting.announced", payload__email="ivan@client.example")
    assert mailbox.to("ivan@client.example")[0]["Message-ID"].startswith(f"<event-{event.pk}@")


def test_a_contact_is_written_to_at_the_address_they_prefer(cast, mailbox):
    account = make_account(owner=cast.salesperson)
    contact = make_contact(account)
    from accounts.models import ContactPoint

    for value, preferred in (("old@client.example", False), ("new@client.example", True)):
        point = ContactPoint.add(
            account, contact=contact, kind="email", value=value, by=cast.salesperson, at=timezone.now()
        )
        ContactPoint.objects.filter(pk=point.pk).update(is_preferred=preferred)
    make_meeting(cast.salesperson, guests=Guests(contacts=(contact,)), announce=True, account=account)
    draining.drain()
    assert len(mailbox.to("new@client.example")) == 1


def page_of(meeting):
    guest = meeting.participants.get(email="ivan@client.example")
    return reverse("activities:invitation", args=[invitations.token_of(guest)])


def test_looking_at_an_invitation_answers_nothing_and_posting_does(cast, meeting):
    stranger, url = Client(), page_of(meeting)
    assert "Demo" in stranger.get(url).content.decode()
    assert stranger.head(url).status_code == 200
    assert meeting.participants.get(email="ivan@client.example").answer == Participant.Answer.NONE
    assert stranger.post(url, {"answer": "yes"}).status_code == 302
    assert meeting.participants.get(email="ivan@client.example").answer == Participant.Answer.YES


def test_an_invitation_shows_nothing_of_the_client_or_other_guests(cast, meeting):
    account = make_account("Secret Client", owner=cast.salesperson)
    meeting.change({"account": account}, by=cast.salesperson, at=timezone.now())
    text = Client().get(page_of(meeting)).content.decode()
    assert "Secret Client" not in text
    assert cast.colleague.name not in text


def test_forged_old_and_withdrawn_invitations_are_404(cast, meeting):
    url = page_of(meeting)
    forged = signing.dumps([1, "ivan@client.example"], salt="another")
    assert Client().get(reverse("activities:invitation", args=[forged])).status_code == 404
    assert Client().get(url[:-3] + "xx/").status_code == 404
    meeting.change({}, guests=Guests(), by=cast.salesperson, at=timezone.now())
    assert Client().get(url).status_code == 404


def test_a_bad_answer_and_one_too_late_say_why(cast, meeting):
    url = page_of(meeting)
    assert Client().post(url, {"answer": "perhaps"}).status_code == 422
    meeting.cancel(by=cast.salesperson, at=timezone.now())
    assert "cancelled" in Client().get(url).content.decode()
    assert Client().post(url, {"answer": "yes"}).status_code == 422


def test_answering_again_and_again_is_stopped(cast, meeting):
    url = page_of(meeting)
    answers = [Client().get(url).status_code for _turn in range(32)]
    assert answers[-1] == 429


def test_an_invitation_of_a_series_holds_its_rule_and_exceptions(cast, mailbox):
    first = datetime(2026, 11, 23, 10, tzinfo=UTC)
    series = make_meeting(
        cast.salesperson, "Weekly", starts_at=first, at=first - timedelta(days=3), repeat="FREQ=WEEKLY;COUNT=5",
        guests=Guests(addresses=("ivan@client.example",)), announce=True,
    )  # fmt: skip
    row = series.occurrences.order_by("original_at")[2]
    series.cancel(occurrence=row, scope="this", by=cast.salesperson, at=first - timedelta(days=2))
    draining.drain()
    _book, event = calendar_of(mailbox.to("ivan@client.example")[-1])
    assert "COUNT=5" in event["RRULE"].to_ical().decode()
    assert [each.dt for each in event["EXDATE"].dts] == [row.original_at]
