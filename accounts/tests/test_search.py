"""Clients and contacts in global search."""

import re

import pytest
from django.utils import timezone

from accounts.models import TaxNumber
from accounts.operations import add_contact
from accounts.testing import make_account
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    account = make_account("Acme Flowers", owner=cast.salesperson)
    points = [{"kind": "phone", "value": "+74951234567"}, {"kind": "email", "value": "ivan@acme.example"}]
    add_contact(
        account, {"name": "Иван Петров", "position": "Director"}, points, by=cast.head, at=timezone.now()
    )
    TaxNumber.replace(account, [("ru_inn", "7707083893")], by=cast.head, at=timezone.now())
    return account


def found(client, query):
    """The answer without its marks."""
    page = client.get("/search/", {"q": query}, headers={"HX-Request": "true"}).content.decode()
    return re.sub("</?mark>", "", page)


@pytest.mark.parametrize("query", ["acme", "фсьу", "flow acme", "4567", "7707083893", "ivan@acme", "flowerz"])
def test_a_client_is_found(cast, client_of, acme, query):
    assert f'href="{acme.get_absolute_url()}"' in found(client_of(cast.head), query)


@pytest.mark.parametrize("query", ["ivan", "bdfy", "петр", "director", "4567", "ivan@acme"])
def test_a_contact_is_found_and_leads_to_the_client(cast, client_of, acme, query):
    contact = acme.contacts.get()
    page = found(client_of(cast.head), query)
    assert f'href="{acme.get_absolute_url()}#contact-{contact.pk}"' in page
    assert "Director · Acme Flowers" in page


def test_an_id_leads_straight_to_the_client(cast, client_of, acme):
    assert acme.get_absolute_url() in found(client_of(cast.head), f"ID{acme.pk}")
    assert "Acme" not in found(client_of(cast.head), "ID" + "9" * 18)


@pytest.mark.parametrize("query", ["acme", "ivan", "4567", "7707083893", "ivan@acme"])
def test_the_outsider_finds_nothing(cast, client_of, acme, query):
    page = found(client_of(cast.outsider), query)
    assert "Acme" not in page
    assert "Nothing you may see matches" in page
    assert "Acme" not in found(client_of(cast.outsider), f"ID{acme.pk}")


@pytest.mark.parametrize("query", ["!", "\x00", "%", "_", "x" * 5000, "'", "ID", "  "])
def test_odd_queries_are_answered(cast, client_of, acme, query):
    assert client_of(cast.head).get("/search/", {"q": query}).status_code == 200


def test_at_most_five_of_a_kind_and_beginnings_first(cast, client_of):
    for number in range(8):
        make_account(f"North Acme {number}", owner=cast.head)
    make_account("Acme", owner=cast.head)
    page = found(client_of(cast.head), "acme")
    assert page.count('href="/clients/') == 5
    assert page.index(">Acme<") < page.index("North Acme")


def test_search_costs_what_is_recorded(cast, client_of, acme):
    head = client_of(cast.head)
    with assert_query_count("search"):
        head.get("/search/", {"q": "acme"})


def test_other_peoples_phones_do_not_crowd_out_ones_own(cast, client_of, monkeypatch):
    monkeypatch.setattr("accounts.clients.finding.CAP", 1)
    for name, owner in (("Theirs", cast.outsider), ("Ours", cast.salesperson)):
        point = {"kind": "phone", "value": "+74951234567"}
        account = make_account(name, owner=owner)
        add_contact(account, {"name": f"Person of {name}"}, [point], by=owner, at=timezone.now())
    page = found(client_of(cast.salesperson), "4567")
    assert "Ours" in page
    assert "Person of Ours" in page
