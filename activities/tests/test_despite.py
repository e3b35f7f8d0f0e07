"""Who asked not to be called is not called, unless somebody says why."""

import pytest
from django.utils import timezone

from accounts.testing import allow, make_account, make_contact
from activities.models import Call, Meeting, Message, Task
from foundation.models import Event

pytestmark = pytest.mark.django_db
ASKED = "asked on"


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


@pytest.fixture
def ivan(acme):
    return make_contact(acme, "Ivan Petrov", preferred_channel="email")


def call_of(acme, **said):
    return f"/calls/new/?account={acme.pk}", {"direction": "out", "result": "reached"} | said


def test_a_call_against_a_wish_asks_why_and_the_timeline_says_it(cast, client_of, acme):
    allow(acme, "everyday", "phone", is_given=False)
    seller = client_of(cast.salesperson)
    url, sent = call_of(acme, note="All is well")
    refused = seller.post(url, sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert ASKED in page
    assert "All is well" in page
    assert 'name="despite"' in page
    assert not Call.objects.exists()
    assert seller.post(url, sent | {"despite": "a fire"}).status_code == 302
    assert Call.objects.exists()
    event = Event.objects.get(name="consent.bypassed")
    assert (event.payload["reason"], event.payload["channel"]) == ("a fire", "phone")
    assert "because: a fire" in seller.get(acme.get_absolute_url()).content.decode()


def test_a_call_of_theirs_is_nobodys_fault(cast, client_of, acme):
    allow(acme, "everyday", "", is_given=False)
    url, sent = call_of(acme, direction="in")
    assert client_of(cast.salesperson).post(url, sent).status_code == 302


def test_an_empty_form_already_says_what_they_prefer_and_what_they_do_not_want(cast, client_of, acme, ivan):
    allow(acme, "everyday", "phone", contact=ivan, is_given=False)
    page = client_of(cast.salesperson).get(f"/calls/new/?contact={ivan.pk}").content.decode()
    assert ASKED in page
    assert "Ivan Petrov prefers: e-mail." in page
    other = client_of(cast.salesperson).get(f"/messages/new/?contact={ivan.pk}").content.decode()
    assert "Ivan Petrov prefers" not in other


def test_a_message_is_refused_by_its_own_channel_only(cast, client_of, acme):
    allow(acme, "everyday", "email", is_given=False)
    seller, url = client_of(cast.salesperson), f"/messages/new/?account={acme.pk}"
    sent = {"channel": "mail", "direction": "out", "text": "Hello"}
    assert seller.post(url, sent).status_code == 422
    assert seller.post(url, sent | {"channel": "letter"}).status_code == 302
    assert Message.objects.get().channel == "letter"


def test_a_task_to_call_somebody_who_wants_no_calls_needs_a_reason(cast, client_of, acme):
    allow(acme, "everyday", "phone", is_given=False)
    seller = client_of(cast.salesperson)
    sent = {"title": "Call Acme", "kind": "call", "client": "Acme", "account": acme.pk, "priority": "2"}
    refused = seller.post("/tasks/new/", sent)
    assert refused.status_code == 422
    assert ASKED in refused.content.decode()
    assert seller.post("/tasks/new/", sent | {"despite": "they called us first"}).status_code == 302
    assert Task.objects.get().title == "Call Acme"
    assert seller.post("/tasks/new/", sent | {"kind": "document"}).status_code == 302


def test_no_invitation_goes_to_who_wants_no_mail_unless_somebody_says_why(cast, client_of, acme, ivan):
    allow(acme, "everyday", "email", contact=ivan, is_given=False)
    seller, day = client_of(cast.salesperson), timezone.localdate().isoformat()
    sent = {
        "title": "Visit", "starts_on": day, "starts_time": "10:00", "client": "Acme", "account": acme.pk,
        "contacts": [ivan.pk], "announce": "on", "anyway": "1",
    }  # fmt: skip
    refused = seller.post("/meetings/new/", sent)
    assert refused.status_code == 422
    assert "Ivan Petrov asked on" in refused.content.decode()
    assert seller.post("/meetings/new/", sent | {"despite": "agreed by phone"}).status_code == 302
    assert Meeting.objects.exists()
    assert Event.objects.get(name="consent.bypassed").payload["contact_id"] == ivan.pk
