"""A form sent twice is done once."""

from threading import Thread
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection
from django.test import RequestFactory

from foundation.models import FormNonce
from foundation.once import once

PERSON = SimpleNamespace(pk=7)


def sent_form(nonce: str, person: object = PERSON, **content: str) -> object:
    request = RequestFactory().post("/clients/new/", {"nonce": nonce, **content})
    request.user = person
    return request


@pytest.mark.django_db
def test_the_second_sending_leads_where_the_first_did() -> None:
    nonce = str(uuid4())
    with once(sent_form(nonce, name="Acme")) as sent:
        assert not sent.already
        sent.url = "/clients/1/"
    with once(sent_form(nonce, name="Acme")) as sent:
        assert (sent.already, sent.url) == (True, "/clients/1/")


@pytest.mark.django_db
def test_a_refused_form_can_be_sent_again() -> None:
    nonce = str(uuid4())
    with once(sent_form(nonce)):
        pass
    with once(sent_form(nonce)) as sent:
        assert not sent.already


@pytest.mark.django_db
def test_other_content_or_another_person_is_another_form() -> None:
    nonce = str(uuid4())
    with once(sent_form(nonce, name="Acme")) as sent:
        sent.url = "/clients/1/"
    for again in (sent_form(nonce, name="Acme Two"), sent_form(nonce, SimpleNamespace(pk=8), name="Acme")):
        with once(again) as sent:
            assert not sent.already


@pytest.mark.django_db
@pytest.mark.parametrize("nonce", ["", "nonsense", "1" * 5000, "\x00"])
def test_a_form_without_a_readable_nonce_is_always_done(nonce: str) -> None:
    with once(sent_form(nonce)) as sent:
        assert not sent.already
        sent.url = "/clients/1/"
    assert not FormNonce.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_sendings_at_the_same_moment_are_done_once() -> None:
    nonce, done = str(uuid4()), []

    def send() -> None:
        with once(sent_form(nonce)) as sent:
            if not sent.already:
                done.append(1)
                sent.url = "/clients/1/"
        connection.close()

    threads = [Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1]


@pytest.mark.django_db
def test_lines_ended_in_another_way_are_the_same_content() -> None:
    nonce = str(uuid4())
    with once(sent_form(nonce, text="one\r\ntwo")) as sent:
        sent.url = "/clients/1/"
    with once(sent_form(nonce, text="one\ntwo")) as sent:
        assert sent.already
