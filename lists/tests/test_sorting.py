"""Lists sorted by several columns, page after page, against PostgreSQL's own order and the headings that ask for it."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.testing import make_account, make_custom_field
from deals.models import Deal
from deals.queries.columns import columns
from deals.queries.list import DEALS
from deals.testing import make_deal, make_pipeline
from lists.registry import SMALL
from lists.selecting import selected_page
from lists.sorting import headings, order_of, sorting, terms_of

URL = "/deals/"


@pytest.fixture
def base(cast):
    """Deals alike in many ways and with much missing, so that every order has ties and empty values."""
    make_custom_field("area", "number", record="deal")
    make_custom_field("code", "text", record="deal")
    pipeline, start = make_pipeline(), timezone.now() - timedelta(days=9)
    clients = [make_account(name, owner=cast.head) for name in ("Acme", "Bolt")]
    for n in range(130):
        custom = ({"area": n % 4} if n % 3 else {}) | ({"code": "abc"[n % 3]} if n % 5 else {})
        make_deal(
            f"Deal {n % 7}", owner=[cast.salesperson, cast.head, None][n % 3], pipeline=pipeline, custom=custom,
            account=[*clients, None][n % 3], amount=[None, 5, 10][n % 3], at=start + timedelta(hours=n % 20),
            expected_close_on=date(2027, 1, 1 + n % 6) if n % 4 else None, stage=["Qualified", "Proposal"][n % 2],
        )  # fmt: skip
    return cast


def plainly(terms):
    """What the database says, asked in one piece and without an index in mind."""
    offered = columns()
    made = {name: each for term in terms for name, each in offered[term.lstrip("-")].computed.items()}
    order = [
        F(field.lstrip("-")).desc(nulls_last=True) if field.startswith("-") else F(field).asc(nulls_last=True)
        for field in order_of(terms, offered)
    ]
    return list(Deal.objects.annotate(**made).order_by(*order).values_list("pk", flat=True))


def paged(terms):
    seen, cursor = [], None
    while True:
        page = selected_page(Deal.objects.all(), DEALS, DEALS.chosen(None), terms, cursor)
        seen += [row["pk"] for row in page.rows]
        cursor = page.next
        if cursor is None:
            return seen


def walked_back(terms):
    page = selected_page(Deal.objects.all(), DEALS, DEALS.chosen(None), terms, None)
    while page.next:
        page = selected_page(Deal.objects.all(), DEALS, DEALS.chosen(None), terms, page.next)
    seen = [row["pk"] for row in page.rows]
    while page.previous:
        page = selected_page(Deal.objects.all(), DEALS, DEALS.chosen(None), terms, page.previous)
        seen = [row["pk"] for row in page.rows] + seen
    return seen


sortable = [
    "title", "client", "stage", "amount", "owner", "next_step", "expected", "opened", "closed", "pipeline",
    "source", "industry", "number", "custom.area", "custom.code",
]  # fmt: skip
asked = st.lists(
    st.tuples(st.sampled_from(sortable), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each[0],
).map(lambda each: tuple(f"-{name}" if down else name for name, down in each))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=asked)
def test_pages_hold_the_very_order_of_one_long_list_there_and_back(base, terms):
    expected = plainly(terms)
    assert paged(terms) == expected
    assert walked_back(terms) == expected


def test_what_is_unknown_said_twice_or_too_much_is_left_out():
    offered = columns()
    assert terms_of("-amount,amount,nothing, client ,point", offered) == ("-amount", "client")
    assert terms_of("client,owner,stage,amount,opened,expected", offered) == (
        "client",
        "owner",
        "stage",
        "amount",
    )
    assert terms_of("", offered) == ()


def test_a_long_list_is_sorted_only_by_what_an_index_serves(db):
    assert sorting(DEALS, "client", SMALL).terms == ("client",)
    refused = sorting(DEALS, "client,-amount", None)
    assert (refused.terms, str(refused.refused)) == (("-opened",), "Client")
    assert sorting(DEALS, "-amount,client", None).terms == ("-amount", "client")


def test_headings_say_the_order_and_lead_to_others(db):
    query = QueryDict("owner=3&sort=-amount,client&cursor=x")
    now = sorting(DEALS, "-amount,client", 10)
    by_name = {each.name: each for each in headings(DEALS, DEALS.chosen(None), now, query, 10)}
    assert (by_name["amount"].sorted, by_name["amount"].place) == ("descending", "1")
    assert (by_name["client"].sorted, by_name["client"].place) == ("ascending", "2")
    assert by_name["owner"].sorted == "none"
    assert by_name["owner"].url == "?owner=3&sort=owner"
    assert by_name["owner"].more_url == "?owner=3&sort=-amount,client,owner"
    assert by_name["client"].more_url == "?owner=3&sort=-amount,-client"
    long = {each.name: each for each in headings(DEALS, DEALS.chosen(None), now, query, None)}
    assert long["owner"].url == "?owner=3&sort=-amount,client,owner"
    first = sorting(DEALS, "", None)
    usual = {each.name: each for each in headings(DEALS, DEALS.chosen(None), first, QueryDict(), None)}
    assert (usual["opened"].sorted, usual["opened"].url) == ("descending", "?sort=opened")
    assert usual["amount"].url == "?sort=-amount"


def test_a_short_list_sorts_by_client_and_a_long_one_says_why_not(base, client_of, monkeypatch):
    from deals.queries import sums

    person = client_of(base.head)
    answer = person.get(f"{URL}?sort=client,-amount")
    assert 'aria-sort="ascending"' in answer.content.decode()
    rows = [row.cells[0].text for row in answer.context["page"].rows]
    assert (
        rows
        == sorted(rows)
        == ["Acme"] * len([each for each in rows if each == "Acme"]) + ["Bolt"] * rows.count("Bolt")
    )
    monkeypatch.setattr(sums, "CAP", 3)
    monkeypatch.setattr(sums, "are_totals_exact", lambda *_asked: False)
    assert "Sorting by “Client” is for lists" in person.get(f"{URL}?sort=client").content.decode()
