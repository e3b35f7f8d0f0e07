"""Changing a client: all of it at once, and two people at once."""

import pytest
from django.utils import timezone

from accounts.models import Account, Address, ContactPoint
from accounts.testing import make_account
from foundation.models import Event
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    account = make_account("Acme", owner=cast.salesperson, employees=10)
    ContactPoint.add(account, kind="phone", value="+74951234567", by=cast.head, at=timezone.now())
    return account


def form_of(account, **changes):
    """What a browser sends when nothing but `changes` was touched."""
    sent = {
        "name": account.name,
        "kind": account.kind,
        "roles": account.roles,
        "employees": account.employees or "",
    }
    sent |= {"version": account.version, "tags": "", "about": "", "parent": ""}
    sent |= {"points-TOTAL_FORMS": 2, "points-INITIAL_FORMS": 1}
    sent |= {"points-0-kind": "phone", "points-0-value": "+7 495 123-45-67"}
    for rows in ("addresses", "tax_numbers"):
        sent |= {f"{rows}-TOTAL_FORMS": 1, f"{rows}-INITIAL_FORMS": 0}
    return sent | changes


def url(account):
    return f"/clients/{account.pk}/edit/"


def test_the_owner_changes_fields_points_addresses_and_tags(cast, client_of, acme):
    sent = form_of(acme, name="Acme Group", tags="VIP, spring") | {
        "points-0-value": "",
        "points-1-kind": "email",
        "points-1-value": "a@acme.example",
        "addresses-0-kind": "office",
        "addresses-0-city": "Berlin",
        "tax_numbers-0-kind": "ru_inn",
        "tax_numbers-0-value": "7707083893",
    }
    response = client_of(cast.salesperson).post(url(acme), sent)
    assert response.url == acme.get_absolute_url()
    acme.refresh_from_db()
    assert (acme.name, acme.sort_key) == ("Acme Group", "acme group")
    assert [point.value for point in acme.points.all()] == ["a@acme.example"]
    assert acme.addresses.get().city == "Berlin"
    told = set(Event.objects.values_list("name", flat=True))
    assert {
        "account.changed",
        "account.tagged",
        "account.addresses_changed",
        "account.tax_numbers_changed",
    } <= told


def test_a_form_sent_back_as_it_came_changes_nothing(cast, client_of, acme):
    events, version = Event.objects.count(), acme.version
    assert client_of(cast.salesperson).post(url(acme), form_of(acme)).status_code == 302
    acme.refresh_from_db()
    assert (Event.objects.count(), acme.version) == (events, version)


def began_with(client_of, person, account):
    """What the form says, hidden, that it began with."""
    return {"original": client_of(person).get(url(account)).context["client"].original}


def test_what_two_people_changed_in_different_fields_is_saved_together(cast, client_of, acme):
    sent = form_of(acme, name="Acme of mine") | began_with(client_of, cast.salesperson, acme)
    acme.change({"employees": 99}, by=cast.head, at=timezone.now())
    assert client_of(cast.salesperson).post(url(acme), sent).status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.employees) == ("Acme of mine", 99)


def test_the_second_of_two_people_is_asked_about_the_same_field_and_loses_nothing(cast, client_of, acme):
    sent = form_of(acme, name="Acme of mine", about="My long note")
    sent |= began_with(client_of, cast.salesperson, acme)
    acme.change({"name": "Acme of theirs", "employees": 99}, by=cast.head, at=timezone.now())
    response = client_of(cast.salesperson).post(url(acme), sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed the same fields" in page
    assert page.count('name="take-') == 3
    for words in ("Acme of mine", "Acme of theirs", "My long note", 'value="99"'):
        assert words in page
    assert f'name="version" value="{acme.version}"' in page
    acme.refresh_from_db()
    assert acme.name == "Acme of theirs"
    client = response.context["client"]
    answered = sent | {"version": acme.version, "original": client.original, "employees": "99"}
    answered |= {"conflicts": client.merging.kept, "take-name": "theirs"}
    assert client_of(cast.salesperson).post(url(acme), answered).status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.about, acme.employees) == ("Acme of theirs", "My long note", 99)


def test_without_what_it_began_with_every_difference_is_asked_about(cast, client_of, acme):
    sent = form_of(acme)
    acme.change({"employees": 99}, by=cast.head, at=timezone.now())
    response = client_of(cast.salesperson).post(url(acme), sent)
    assert response.status_code == 409
    assert 'name="take-employees"' in response.content.decode()


def test_addresses_and_phones_of_two_people_are_put_together(cast, client_of, acme):
    sent = form_of(acme) | began_with(client_of, cast.salesperson, acme)
    sent |= {"points-1-kind": "email", "points-1-value": "mine@acme.example"}
    at = timezone.now()
    Address.replace(acme, [Address(city="Berlin")], by=cast.head, at=at)
    ContactPoint.add(acme, kind="email", value="theirs@acme.example", by=cast.head, at=at)
    assert client_of(cast.salesperson).post(url(acme), sent).status_code == 302
    assert Address.objects.get().city == "Berlin"
    assert {point.value for point in acme.points.all()} == {
        "+74951234567", "mine@acme.example", "theirs@acme.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "This field is required"),
        ({"roles": []}, "This field is required"),
        ({"employees": "-1"}, "greater than or equal to 0"),
        ({"employees": "9" * 30}, "less than or equal"),
        ({"annual_revenue": "a lot"}, "is not an amount"),
        ({"annual_revenue": "-5"}, "Enter an amount from 0"),
        ({"website": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"founded_year": "20"}, "greater than or equal to 1000"),
        ({"parent": "Nobody Ltd"}, "There is no client"),
        ({"points-0-value": "12"}, "is not a phone number"),
        ({"about": "a\x00b"}, "Null characters"),
        ({"tags": "x" * 81}, "at most 80"),
    ],
)
def test_a_bad_form_says_why_and_changes_nothing(cast, client_of, acme, changes, reason):
    response = client_of(cast.salesperson).post(url(acme), form_of(acme, name="Changed") | changes)
    assert response.status_code == 422
    assert reason in response.content.decode()
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_a_client_becomes_a_subsidiary_by_name_or_id_but_never_of_itself(cast, client_of, acme):
    holding = make_account("Holding", owner=cast.salesperson)
    salesperson = client_of(cast.salesperson)
    salesperson.post(url(acme), form_of(acme, parent="holding"))
    acme.refresh_from_db()
    assert acme.parent == holding
    refused = salesperson.post(url(acme), form_of(acme, parent=f"Acme · ID{acme.pk}"))
    assert refused.status_code == 422
    assert "subsidiary of itself" in refused.content.decode()


def test_a_parent_one_does_not_see_does_not_exist(cast, client_of, acme):
    hidden = make_account("Hidden", owner=cast.outsider)
    for typed in ("Hidden", f"ID{hidden.pk}"):
        response = client_of(cast.salesperson).post(url(acme), form_of(acme, parent=typed))
        assert "There is no client" in response.content.decode()
    suggested = client_of(cast.salesperson).get("/clients/names/?parent=hid").content.decode()
    assert "Hidden" not in suggested


def test_the_outsider_gets_404_and_who_may_only_look_403(cast, client_of, acme):
    for person, status in ((cast.outsider, 404), (cast.support, 403)):
        for page in ("edit/", "contacts/new/"):
            response = client_of(person).post(f"/clients/{acme.pk}/{page}", form_of(acme, name="Mine"))
            assert response.status_code == status
    assert Account.objects.get().name == "Acme"


def test_the_form_costs_what_is_recorded(cast, client_of, acme):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("edit, form"):
        salesperson.get(url(acme))
