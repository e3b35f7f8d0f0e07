"""Messages kept on the card."""

import pytest
from django.utils import timezone

from accounts.testing import make_account
from activities.models import Message, Task
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def said(**values):
    return {"channel": "mail", "direction": "in", "subject": "Offer", "text": "Please send it", **values}


def test_a_message_is_kept_on_the_card_with_its_words(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    salesperson.post(f"/messages/new/?account={acme.pk}", said(next_title="Send", next_in="1"))
    page = salesperson.get(acme.get_absolute_url()).content.decode()
    assert "Message incoming, e-mail: Offer" in page
    assert "Please send it" in page
    assert Task.objects.get().title == "Send"


def test_the_outsider_neither_keeps_nor_reads(cast, client_of, acme):
    message = Message.log(text="Hello", account=acme, by=cast.salesperson, at=timezone.now())
    outsider = client_of(cast.outsider)
    assert outsider.get(message.get_absolute_url()).status_code == 404
    assert outsider.post(f"/messages/new/?account={acme.pk}", said()).status_code == 404


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"subject": "", "text": " "}, "Write what it said"), ({"channel": "pigeon"}, "valid choice")],
)
def test_a_bad_form_says_why(cast, client_of, acme, values, sentence):
    answer = client_of(cast.salesperson).post(f"/messages/new/?account={acme.pk}", said(**values))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_message_costs_what_is_recorded(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("message, kept"):
        salesperson.post(f"/messages/new/?account={acme.pk}", said())
