"""Adding a client: quickly, wholly, twice by accident, and one that is there already."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.duplicates import match_keys
from accounts.models import Account, Contact, ContactPoint, TaxNumber
from accounts.testing import make_account
from foundation.models import Event
from foundation.testing import assert_query_count

URL, FULL = "/clients/new/", "/clients/new/full/"
QUICK = {"name": "Acme", "kind": "organisation", "role": "lead"}
NO_ROWS = {
    f"{rows}-{field}": value
    for rows in ("points", "addresses", "tax_numbers")
    for field, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
}
pytestmark = pytest.mark.django_db


def test_the_quick_form_makes_a_client_of_whoever_sends_it(cast, client_of):
    sent = QUICK | {"phone": "+7 (495) 123-45-67", "email": "Info@Acme.example"}
    response = client_of(cast.salesperson).post(URL, sent)
    account = Account.objects.get()
    assert response.url == account.get_absolute_url()
    assert (account.owner, account.roles, account.team_ids) == (
        cast.salesperson,
        ["lead"],
        [cast.salesperson.pk],
    )
    points = account.points.order_by("kind").values_list("kind", "value", "contact")
    assert list(points) == [("email", "info@acme.example", None), ("phone", "+74951234567", None)]
    told = Event.objects.order_by("pk").values_list("name", flat=True)
    assert list(told) == ["account.created", "contact_point.added", "contact_point.added"]


def test_a_named_contact_owns_the_phone(cast, client_of):
    sent = QUICK | {"phone": "+74951234567", "contact_name": "Ivan Petrov", "contact_position": "Director"}
    client_of(cast.salesperson).post(URL, sent)
    contact = Contact.objects.get()
    assert (contact.name, contact.position) == ("Ivan Petrov", "Director")
    assert ContactPoint.objects.get().contact == contact


def test_save_returns_to_where_the_dialog_was_opened_but_never_elsewhere(cast, client_of):
    salesperson = client_of(cast.salesperson)
    back = salesperson.post(URL, QUICK | {"then": "back", "back": "/deals/board/"})
    assert back.url == "/deals/board/"
    away = salesperson.post(URL, QUICK | {"name": "Bolt", "then": "back", "back": "https://evil.example/"})
    assert away.url == Account.objects.get(name="Bolt").get_absolute_url()


def test_the_same_form_sent_twice_makes_one_client(cast, client_of):
    salesperson, sent = client_of(cast.salesperson), QUICK | {"nonce": str(uuid4())}
    first, second = salesperson.post(URL, sent), salesperson.post(URL, sent)
    assert Account.objects.count() == 1
    assert first.url == second.url


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "   ", "This field is required"),
        ("name", "x" * 201, "at most 200"),
        ("name", "a\x00b", "Null characters"),
        ("phone", "call me", "is not a phone number"),
        ("email", "nobody", "cannot be reached"),
        ("role", "king", "Select a valid choice"),
        ("source", "999", "Select a valid choice"),
    ],
)
def test_a_bad_form_says_why_and_makes_nothing(cast, client_of, field, value, reason):
    response = client_of(cast.salesperson).post(URL, QUICK | {"phone": "+74951234567", field: value})
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not Account.objects.exists()


def test_who_may_not_add_clients_is_told_which_right_is_missing(cast, client_of):
    for url in (URL, FULL):
        response = client_of(cast.support).post(url, QUICK)
        assert response.status_code == 403
        assert "accounts.create" in response.content.decode()


def test_a_double_is_shown_first_and_made_on_demand(cast, client_of):
    there = make_account("ACME", owner=cast.salesperson)
    match_keys.keep([there.pk])
    salesperson = client_of(cast.salesperson)
    warned = salesperson.post(URL, QUICK)
    assert warned.status_code == 422
    page = warned.content.decode()
    assert there.get_absolute_url() in page
    assert "the same name" in page
    assert "Create anyway" in page
    assert salesperson.post(URL, QUICK | {"anyway": "1"}).status_code == 302
    assert Account.objects.count() == 2


def test_a_double_one_does_not_see_is_hinted_at_and_no_more(cast, client_of):
    hidden = make_account("Secret Customer", owner=cast.outsider)
    ContactPoint.add(hidden, kind="phone", value="+74951234567", by=cast.outsider, at=timezone.now())
    match_keys.keep([hidden.pk])
    sent = QUICK | {"phone": "+7 495 1234567"}
    for url in (URL, f"{URL}duplicates/"):
        page = client_of(cast.salesperson).post(url, sent).content.decode()
        assert "exists in another team" in page
        assert "Secret Customer" not in page
        assert hidden.get_absolute_url() not in page
        assert "Oscar Stone" not in page


def test_what_was_typed_goes_on_in_the_whole_form(cast, client_of):
    sent = QUICK | {"role": "partner", "email": "a@acme.example", "continue": "1"}
    page = client_of(cast.salesperson).post(FULL, sent).content.decode()
    assert 'value="Acme"' in page
    assert 'value="a@acme.example"' in page
    assert not Account.objects.exists()


def test_the_whole_form_makes_everything_at_once(cast, client_of):
    sent = NO_ROWS | {
        "name": "Acme",
        "kind": "organisation",
        "roles": ["client", "partner"],
        "annual_revenue": "1 234 567,50",
        "tags": "VIP, spring, vip",
        "points-0-kind": "email",
        "points-0-value": "a@acme.example",
        "addresses-0-kind": "legal",
        "addresses-0-city": "Berlin",
        "tax_numbers-0-kind": "ru_inn",
        "tax_numbers-0-value": "77 0708 3893",
    }
    response = client_of(cast.salesperson).post(FULL, sent)
    account = Account.objects.get()
    assert response.url == account.get_absolute_url()
    assert str(account.annual_revenue) == "1234567.50"
    assert {tag.name.casefold() for tag in account.tags.all()} == {"vip", "spring"}
    assert account.addresses.get().city == "Berlin"
    assert account.points.get().value == "a@acme.example"
    assert TaxNumber.objects.get().value == "7707083893"


def test_a_wrong_tax_number_refuses_the_whole_client(cast, client_of):
    sent = NO_ROWS | {"name": "Acme", "kind": "organisation", "roles": "lead"}
    sent |= {"tax_numbers-0-kind": "ru_inn", "tax_numbers-0-value": "7707083894"}
    response = client_of(cast.salesperson).post(FULL, sent)
    assert response.status_code == 422
    assert "check the digits" in response.content.decode()
    assert not Account.objects.exists()


@pytest.mark.parametrize("damage", [{"points-TOTAL_FORMS": "x"}, {"points-TOTAL_FORMS": "99999"}])
def test_damaged_rows_are_refused(cast, client_of, damage):
    sent = NO_ROWS | {"name": "Acme", "kind": "organisation", "roles": "lead"} | damage
    assert client_of(cast.salesperson).post(FULL, sent).status_code == 422


def test_the_forms_cost_what_is_recorded(cast, client_of):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("create, form"):
        salesperson.get(URL)
    with assert_query_count("create, sent"):
        salesperson.post(URL, QUICK | {"phone": "+74951234567", "nonce": str(uuid4())})
