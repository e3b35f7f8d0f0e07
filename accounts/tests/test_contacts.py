"""The list of contacts: people at all clients a person sees, filtered, arranged and changed where they stand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Contact, ContactPoint
from accounts.testing import make_account, make_contact, make_custom_field
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
URL = "/contacts/"


@pytest.fixture
def people(cast: Cast) -> dict[str, Contact]:
    daisy = make_account("Daisy & Sons", owner=cast.salesperson)
    rose = make_account("Rose Hotel", owner=cast.colleague)
    found = {
        "ada": make_contact(daisy, "Ada Lovell", "Director"),
        "ben": make_contact(daisy, "Ben Ames", "Buyer"),
        "eve": make_contact(rose, "Eve Stone", "Director"),
    }
    ContactPoint.objects.create(account=daisy, contact=found["ada"], kind="phone", value="+12125550101")
    ContactPoint.objects.create(account=daisy, contact=found["ada"], kind="email", value="ada@daisy.example")
    return found


def names(browser: Client, query: str = "") -> list[str]:
    return [row.title for row in browser.get(f"{URL}?{query}").context["rows"]]


def test_everybody_a_person_sees_is_listed_by_name_with_client_and_ways_to_reach_them(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    head = client_of(cast.head)
    assert names(head) == ["Ada Lovell", "Ben Ames", "Eve Stone"]
    page = head.get(URL).content.decode()
    for text in ("Daisy &amp; Sons", "Director", "+1 212 555 0101", "ada@daisy.example", "Sam Porter"):
        assert text in page.replace("\xa0", " ").replace("-555-", " 555 ").replace("212-", "212 "), text
    assert f"/clients/{people['ada'].account_id}/#contact-{people['ada'].pk}" in page


def test_only_people_at_clients_one_sees_are_there(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    assert names(client_of(cast.salesperson)) == ["Ada Lovell", "Ben Ames"]
    assert names(client_of(cast.outsider)) == []
    assert "No contacts yet" in client_of(cast.outsider).get(URL).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=lovell", ["Ada Lovell"]),
        ("q=director", ["Ada Lovell", "Eve Stone"]),
        ("q=0101", ["Ada Lovell"]),
        ("q=ada%40daisy.example", ["Ada Lovell"]),
        ("owner=me", []),
        ("owner=none", []),
        ("unreached=true", ["Ben Ames", "Eve Stone"]),
        ("left=true", []),
        ("where=all(position:is:Director)", ["Ada Lovell", "Eve Stone"]),
        ("where=all(reached:in:email)", ["Ada Lovell"]),
        ("where=all(reached:empty)", ["Ben Ames", "Eve Stone"]),
        ("sort=-name", ["Eve Stone", "Ben Ames", "Ada Lovell"]),
        ("sort=client,-name", ["Ben Ames", "Ada Lovell", "Eve Stone"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    people: dict[str, Contact], cast: Cast, client_of: Browser, query: str, found: list[str]
) -> None:
    assert names(client_of(cast.head), query) == found


def test_an_unreadable_filter_finds_nobody_and_says_so(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    answer = client_of(cast.head).get(f"{URL}?owner=somebody")
    assert answer.status_code == 422
    assert "There is no such colleague." in answer.content.decode()
    assert list(answer.context["rows"]) == []


def test_a_filter_stands_as_a_chip_that_takes_it_away(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    page = client_of(cast.head).get(f"{URL}?owner={cast.salesperson.pk}&created=month").context
    assert [each["text"] for each in page["active"]] == ["Owner: Sam Porter", "Added: This month"]
    assert page["active"][0]["query"] == "created=month"


def test_a_cell_is_changed_where_it_stands(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    make_custom_field("birthday", "date", record="contact")
    sam, ben = client_of(cast.salesperson), people["ben"]
    said: dict[str, Any] = {"version": ben.version}
    sam.post(f"{URL}{ben.pk}/cell/position/?list=", said | {"position": "Head of buying"})
    ben.refresh_from_db()
    assert ben.position == "Head of buying"
    said = {"version": ben.version}
    sam.post(
        f"{URL}{ben.pk}/cell/custom.birthday/?list=",
        said | {"custom.birthday": "1980-02-03"},
    )
    ben.refresh_from_db()
    assert ben.custom == {"birthday": "1980-02-03"}
    assert client_of(cast.outsider).get(f"{URL}{ben.pk}/cell/position/").status_code == 404


def test_columns_are_chosen_and_custom_fields_are_among_them(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    make_custom_field("birthday", "date", record="contact")
    people["ada"].change({"custom": {"birthday": "1980-02-03"}}, by=cast.head, at=people["ada"].created_at)
    page = client_of(cast.head).get(f"{URL}?columns=custom.birthday,client")
    assert [each.name for each in page.context["headings"]] == ["name", "custom.birthday", "client"]
    assert "1980" in page.content.decode()


def test_pages_go_on_where_the_last_one_ended(cast: Cast, client_of: Browser) -> None:
    daisy = make_account("Daisy & Sons", owner=cast.salesperson)
    for number in range(60):
        make_contact(daisy, f"Person {number:02}")
    head = client_of(cast.head)
    first = head.get(URL).context
    assert first["count_text"] == "60 contacts"
    second = head.get(f"{URL}?{first['page']['next']}")
    assert [row.title for row in second.context["rows"]] == [
        f"Person {number:02}" for number in range(50, 60)
    ]


def test_the_list_costs_what_it_is_known_to_cost(
    people: dict[str, Contact], cast: Cast, client_of: Browser
) -> None:
    head = client_of(cast.head)
    head.get(URL)
    with assert_query_count("contacts"):
        head.get(URL)
