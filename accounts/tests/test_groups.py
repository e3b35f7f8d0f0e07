"""Clients in groups: each counted where it belongs, and every group leads to just its clients."""

import re
from html import unescape

import pytest

from accounts.models import Account, Industry, Source
from accounts.testing import make_account
from foundation.testing import assert_query_count
from lists import grouping

URL = "/clients/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def full(cast):
    flowers, web = Industry.objects.create(name="Flowers"), Source.objects.create(name="Web")
    for n in range(18):
        make_account(
            f"Client {n}",
            owner=[cast.salesperson, cast.colleague, cast.outsider][n % 3],
            industry=flowers if n % 2 else None,
            source=web if n % 4 else None,
            roles=["client", "partner"] if n % 5 == 0 else ["lead"],
            kind="person" if n % 6 == 0 else "organisation",
        )


def opened(person, url) -> set[str]:
    page = person.get(URL + unescape(url)).content.decode()
    return set(re.findall(r"<a href=\"/clients/\d+/\">(Client \d+)</a>", page))


@pytest.mark.parametrize("asked", ["", "source=%s", "where=any(name:has:1;industry:empty)", "q=client"])
@pytest.mark.parametrize("by", ["owner", "role", "industry", "source", "kind"])
def test_a_group_opens_as_the_list_of_just_as_many(cast, full, client_of, by, asked):
    person, asked = client_of(cast.head), asked.replace("%s", str(Source.objects.get().pk))
    groups = person.get(f"{URL}?{asked}&group={by}").context["groups"]
    assert groups
    found = [opened(person, group.url) for group in groups]
    assert [len(each) for each in found] == [int(group.count) for group in groups]
    assert set().union(*found) == opened(person, f"?{asked or 'view=all'}")


def test_the_outsiders_groups_hold_only_their_own(cast, full, client_of):
    groups = client_of(cast.outsider).get(f"{URL}?group=owner").context["groups"]
    assert [(group.name, group.count) for group in groups] == [("Oscar Stone", "6")]


def test_too_many_clients_are_not_grouped_but_said_so(cast, full, client_of, monkeypatch):
    monkeypatch.setattr(grouping, "MOST", 3)
    assert "narrow the list first" in client_of(cast.head).get(f"{URL}?group=owner").content.decode()


def test_nothing_found_and_nonsense_are_said_as_on_the_list(cast, full, client_of):
    person = client_of(cast.head)
    assert "No client matches" in person.get(f"{URL}?group=owner&q=zzzz").content.decode()
    assert person.get(f"{URL}?group=owner&owner=boss").status_code == 422
    assert "Client 1" in person.get(f"{URL}?group=weather").content.decode()
    assert Account.objects.count() == 18


def test_groups_cost_one_statement(cast, full, client_of):
    person = client_of(cast.salesperson)
    person.get(f"{URL}?group=owner")
    with assert_query_count("groups"):
        person.get(f"{URL}?group=owner")
