"""Deals in groups: each deal in one, the sums right, and every group leads to just its deals."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from accounts.models import Source
from deals.models import Deal
from deals.testing import make_deal
from foundation.testing import assert_query_count
from lists import grouping

URL = "/deals/"


@pytest.fixture
def full(cast, room):
    web = Source.objects.create(name="Web")
    for n in range(24):
        make_deal(
            f"Deal {n}", owner=[cast.salesperson, cast.colleague, cast.outsider][n % 3], pipeline=room.pipeline,
            amount=[None, 10, 250][n % 3], source=web if n % 4 else None, won=n % 6 == 0,
            stage=["Qualified", "Proposal"][n % 2],
            expected_close_on=date(2027, 1 + n % 4, 28) if n % 5 else None,
        )  # fmt: skip
    return room


def opened(browser, url):
    return {row.pk for row in browser.get(URL + unescape(url)).context["page"].rows}


@pytest.mark.parametrize("asked", ["", "amount_from=5", "where=any(amount:from:100;source:empty)", "q=deal"])
@pytest.mark.parametrize("by", ["owner", "stage", "source", "month"])
def test_every_deal_is_in_one_group_and_the_sums_are_right(cast, full, client_of, by, asked):
    browser = client_of(cast.head)
    seen = {row.pk for row in browser.get(f"{URL}?{asked or 'view=all'}").context["page"].rows}
    found = browser.get(f"{URL}?{asked}&group={by}").context["groups"]
    parts = [opened(browser, group.url) for group in found]
    assert sorted(pk for part in parts for pk in part) == sorted(seen)
    for group, part in zip(found, parts, strict=True):
        worths = Deal.objects.filter(pk__in=part).values_list("base_amount", flat=True)
        assert group.count == str(len(part))
        assert group.exactly.startswith(f"{sum((each or Decimal(0) for each in worths), Decimal(0)):,.2f}")


def test_groups_stand_in_their_order_and_the_nameless_last(cast, full, client_of):
    browser = client_of(cast.head)
    months = [group.name for group in browser.get(f"{URL}?group=month").context["groups"]]
    assert months == ["January 2027", "February 2027", "March 2027", "April 2027", "No day set"]
    stages = [group.name for group in browser.get(f"{URL}?group=stage").context["groups"]]
    assert stages == ["First contact", "Qualified", "Proposal", "Won"]


def test_the_outsider_finds_only_their_own_in_groups(cast, full, client_of):
    text = client_of(cast.outsider).get(f"{URL}?group=owner").content.decode()
    assert "Sam Porter" not in text
    assert "Oscar Stone" in text


def test_too_many_deals_are_not_grouped_but_said_so(cast, full, client_of, monkeypatch):
    monkeypatch.setattr(grouping, "MOST", 3)
    answer = client_of(cast.head).get(f"{URL}?group=source")
    assert answer.context["groups"] is None
    assert "narrow the list first" in answer.content.decode()
    assert client_of(cast.head).get(f"{URL}?group=nonsense").context["page"].rows


def test_statements_of_groups(cast, full, client_of):
    browser = client_of(cast.head)
    for by in ("owner", "month"):
        with assert_query_count(f"list grouped by {by}"):
            browser.get(f"{URL}?group={by}")
