"""The people at a client."""

from uuid import uuid4

import pytest

from accounts.models import Contact, ContactPoint
from accounts.testing import make_account, make_contact
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
ROWS = {"points-TOTAL_FORMS": 2, "points-INITIAL_FORMS": 0}
IVAN = ROWS | {
    "name": "Ivan Petrov",
    "position": "Director",
    "points-0-kind": "phone",
    "points-0-value": "+7 495 123-45-67",
    "points-1-kind": "email",
    "points-1-value": "Ivan@Acme.example",
    "points-1-is_preferred": "on",
}


def test_a_contact_is_added_with_phone_and_email(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    response = client_of(cast.salesperson).post(f"/clients/{acme.pk}/contacts/new/", IVAN)
    contact = Contact.objects.get()
    assert response.url == acme.get_absolute_url()
    assert [point.value for point in contact.points.all()] == ["ivan@acme.example", "+74951234567"]
    assert Event.objects.filter(name="contact.added").count() == 1


def test_a_double_click_adds_one(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    sent = IVAN | {"nonce": str(uuid4())}
    for _click in range(2):
        client_of(cast.salesperson).post(f"/clients/{acme.pk}/contacts/new/", sent)
    assert Contact.objects.count() == 1


def test_a_new_position_is_a_fact_of_its_own(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    contact = make_contact(acme, position="Buyer")
    client_of(cast.salesperson).post(f"/contacts/{contact.pk}/edit/", IVAN)
    assert Event.objects.get(name="contact.position_changed").payload["from_position"] == "Buyer"


def test_an_emptied_row_takes_the_phone_away(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    client_of(cast.salesperson).post(f"/clients/{acme.pk}/contacts/new/", IVAN)
    contact = Contact.objects.get()
    sent = IVAN | {"points-INITIAL_FORMS": 2, "points-0-value": ""}
    client_of(cast.salesperson).post(f"/contacts/{contact.pk}/edit/", sent)
    assert [point.value for point in contact.points.all()] == ["ivan@acme.example"]
    assert Event.objects.filter(name="contact_point.removed").count() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "This field is required"),
        ({"position": "x" * 121}, "at most 120"),
        ({"points-0-value": "12"}, "is not a phone number"),
        ({"points-1-value": "nobody"}, "cannot be reached"),
        ({"points-0-is_preferred": "on"}, "Only one can be preferred"),
        ({"points-0-kind": ""}, "Say what this is"),
        ({"name": "a\x00"}, "Null characters"),
    ],
)
def test_a_bad_form_says_why_and_adds_nobody(cast, client_of, changes, reason):
    acme = make_account("Acme", owner=cast.salesperson)
    response = client_of(cast.salesperson).post(f"/clients/{acme.pk}/contacts/new/", IVAN | changes)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not Contact.objects.exists()
    assert not ContactPoint.objects.exists()


def test_the_outsider_gets_404_and_who_may_only_look_403(cast, client_of):
    contact = make_contact(make_account("Acme", owner=cast.salesperson))
    for person, status in ((cast.outsider, 404), (cast.support, 403)):
        assert client_of(person).get(f"/contacts/{contact.pk}/edit/").status_code == status
        assert client_of(person).post(f"/contacts/{contact.pk}/edit/", IVAN).status_code == status


def test_the_form_costs_what_is_recorded(cast, client_of):
    contact = make_contact(make_account("Acme", owner=cast.salesperson))
    salesperson = client_of(cast.salesperson)
    with assert_query_count("contact, form"):
        salesperson.get(f"/contacts/{contact.pk}/edit/")
