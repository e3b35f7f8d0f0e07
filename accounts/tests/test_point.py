"""One phone or e-mail corrected on the card."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from accounts.models import ContactPoint
from accounts.testing import make_account, make_contact
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def point(cast):
    account = make_account("Acme", owner=cast.salesperson)
    return ContactPoint.add(
        account,
        contact=make_contact(account),
        kind="phone",
        value="+74951234567",
        by=cast.salesperson,
        at=timezone.now(),
    )


def url(point):
    return f"/points/{point.pk}/edit/"


def test_the_field_offers_the_keyboard_of_its_kind_and_costs_few_statements(cast, client_of, point):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("point, field"):
        field = salesperson.get(url(point), headers=HTMX).content.decode()
    for said in ('type="tel"', 'inputmode="tel"', 'enterkeyhint="done"', 'value="+7 495 123-45-67"'):
        assert said in field
    assert "<html" not in field
    assert "<h1>" in salesperson.get(url(point)).content.decode()


def test_a_corrected_phone_is_told_once_and_can_be_taken_back(cast, client_of, point):
    salesperson = client_of(cast.salesperson)
    sent = {"value": "8 (812) 765-43-21", "seen": point.value}
    point.account.refresh_from_db()
    version = point.account.version
    with assert_query_count("point, saved"):
        answer = salesperson.post(url(point), {**sent, "value": "+7 812 765-43-21"}, headers=HTMX)
    assert answer.status_code == 200
    assert 'href="tel:+78127654321"' in answer.content.decode()
    told = Event.objects.get(name="contact_point.changed")
    assert (told.payload["before"], told.payload["value"]) == ("+74951234567", "+78127654321")
    point.account.refresh_from_db()
    assert point.account.version == version + 1
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo_url"]
    assert dict(parse_qsl(urlsplit(undo).query))["value"] == "+74951234567"
    assert salesperson.post(undo).status_code == 302
    point.refresh_from_db()
    assert point.value == "+74951234567"


def test_the_same_number_written_otherwise_changes_nothing(cast, client_of, point):
    before = Event.objects.count()
    sent = {"value": "+7 (495) 1234567", "seen": point.value}
    answer = client_of(cast.salesperson).post(url(point), sent, headers=HTMX)
    assert answer.status_code == 200
    assert "HX-Trigger" not in answer
    assert Event.objects.count() == before


@pytest.mark.parametrize("typed", ["", "twelve", "+7"])
def test_what_cannot_be_dialled_keeps_the_field_open_as_typed(cast, client_of, point, typed):
    answer = client_of(cast.salesperson).post(url(point), {"value": typed, "seen": point.value}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in page
    assert 'role="alert"' in page
    point.refresh_from_db()
    assert point.value == "+74951234567"


def test_a_number_already_there_is_refused(cast, client_of, point):
    ContactPoint.add(
        point.account,
        contact=point.contact,
        kind="phone",
        value="+78127654321",
        by=cast.salesperson,
        at=timezone.now(),
    )
    sent = {"value": "+78127654321", "seen": point.value}
    answer = client_of(cast.salesperson).post(url(point), sent, headers=HTMX)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_the_second_of_two_people_is_told(cast, client_of, point):
    client_of(cast.head).post(url(point), {"value": "+78127654321", "seen": point.value})
    late = client_of(cast.salesperson).post(
        url(point), {"value": "+78120000000", "seen": point.value}, headers=HTMX
    )
    assert late.status_code == 422
    assert "meanwhile" in late.content.decode()
    point.refresh_from_db()
    assert point.value == "+78127654321"


def test_the_outsider_finds_no_point_and_a_reader_has_no_pencil(cast, client_of, point):
    sent = {"value": "+78127654321", "seen": point.value}
    assert client_of(cast.outsider).get(url(point)).status_code == 404
    assert client_of(cast.outsider).post(url(point), sent).status_code == 404
    assert client_of(cast.accountant).post(url(point), sent).status_code == 403
    card = point.account.get_absolute_url()
    assert url(point) in client_of(cast.salesperson).get(card).content.decode()
    assert url(point) not in client_of(cast.accountant).get(card).content.decode()
