"""Leads nobody has touched and groups nobody sells to: the right rows for the right people."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Industry
from accounts.testing import make_account
from activities.models import Call
from deals.testing import make_deal
from foundation.testing import assert_query_count
from reports.testing import rows_of
from users.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(cast: Cast) -> None:
    """Three old leads of the salesperson, of which one was called in vain and one reached; one of the outsider."""
    at = timezone.now() - timedelta(days=20)
    for name, result in (("Forgotten", None), ("In vain", "no_answer"), ("Reached", "reached")):
        account = make_account(name, owner=cast.salesperson, at=at, roles=["lead"])
        if result:
            Call.log(by=cast.salesperson, at=timezone.now(), account=account, result=result)
    make_account("Elsewhere", owner=cast.outsider, at=at, roles=["lead"])
    make_account("Fresh", owner=cast.salesperson, roles=["lead"])


def test_only_leads_nobody_reached_are_told_oldest_first(cast: Cast, leads: None) -> None:
    names = [row["client"] for row in rows_of("untouched-leads", cast.head)]
    assert names == ["Forgotten", "In vain"]


def test_the_outsider_sees_only_their_own_leads(cast: Cast, leads: None, client_of: Any) -> None:
    text = client_of(cast.outsider).get("/reports/untouched-leads/").content.decode()
    assert "Elsewhere" in text
    assert "Forgotten" not in text


def test_groups_count_who_bought_and_who_did_not_the_worst_first(cast: Cast, client_of: Any) -> None:
    shops, hotels = (Industry.objects.create(name=name) for name in ("Shops", "Hotels"))
    for n in range(3):
        make_account(f"Shop {n}", owner=cast.salesperson, industry=shops)
    hotel = make_account("Hotel", owner=cast.salesperson, industry=hotels)
    make_account("Guesthouse", owner=cast.salesperson, industry=hotels)
    make_account("Secret", owner=cast.outsider, industry=shops)
    make_deal("Roses", owner=cast.salesperson, account=hotel, won=True)
    rows = rows_of("groups-without-sales", cast.head)
    told = {row["group"]: (row["clients"], row["bought"], row["without"]) for row in rows}
    assert told["Shops"] == (3, 0, 3)
    assert told["Hotels"] == (2, 1, 1)
    assert [row["group"] for row in rows][:1] == ["Shops"]
    text = client_of(cast.head).get("/reports/groups-without-sales/").content.decode()
    assert f"/clients/?industry={shops.pk}" in text or f"industry={shops.pk}" in text


def test_a_bad_choice_says_why(cast: Cast, client_of: Any) -> None:
    for key, query in (("untouched-leads", "older=many"), ("groups-without-sales", "by=colour")):
        answer = client_of(cast.head).get(f"/reports/{key}/?{query}")
        assert answer.status_code == 422
        assert "is not a choice" in answer.content.decode()


def test_they_cost_what_is_recorded(cast: Cast, leads: None, client_of: Any) -> None:
    head = client_of(cast.head)
    for key in ("untouched-leads", "groups-without-sales"):
        with assert_query_count(key):
            head.get(f"/reports/{key}/")
