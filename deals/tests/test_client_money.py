"""What a client's deals come to, on its card."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.testing import make_account
from deals.models import Deal, LossReason
from deals.testing import make_deal
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast: Any, now: Any) -> Any:
    acme = make_account("Acme", owner=cast.salesperson)
    for amount in (100, 250):
        make_deal(f"Open {amount}", owner=cast.salesperson, account=acme, amount=amount)
    won = make_deal("Won", owner=cast.salesperson, account=acme, amount=4000)
    won.win(by=cast.salesperson, at=now)
    lost = make_deal("Lost", owner=cast.salesperson, account=acme, amount=70_000)
    lost.lose(LossReason.objects.create(name="Too expensive"), by=cast.salesperson, at=now)
    make_deal("Secret", owner=cast.outsider, account=acme, amount=9000)
    return acme


def url(account: Any) -> str:
    return reverse("deals:client_money", args=[account.pk])


def test_open_and_won_deals_are_summed_and_lead_to_their_rows(cast: Any, acme: Any, client_of: Any) -> None:
    salesperson = client_of(cast.salesperson)
    assert f'hx-get="{url(acme)}"' in salesperson.get(acme.get_absolute_url()).content.decode()
    with assert_query_count("money of a client"):
        figures = salesperson.get(url(acme)).context["figures"]
    said = [(each.title, each.worth.replace("\xa0", " "), each.note.split(",")[0]) for each in figures]
    assert said == [("Open deals", "350.00 USD", "2 deals"), ("Won deals", "4.0K USD", "1 deal")]
    opened, won = (salesperson.get(each.url).content.decode().split("<tbody")[1] for each in figures)
    assert "Open 250" in opened
    assert "Lost" not in opened
    assert f"{reverse('deals:page', args=[Deal.objects.get(title='Won').pk])}" in won
    assert "Open 250" not in won


def test_deals_one_does_not_see_are_not_counted(cast: Any, acme: Any, client_of: Any) -> None:
    everything = client_of(cast.admin).get(url(acme)).context["figures"]
    assert everything[0].worth.replace("\xa0", " ") == "9.4K USD"


def test_a_client_that_is_not_ones_own_says_nothing(cast: Any, client_of: Any) -> None:
    theirs = make_account("Theirs", owner=cast.head)
    assert client_of(cast.outsider).get(url(theirs)).status_code == 404


def test_a_client_without_deals_shows_no_figures(cast: Any, client_of: Any) -> None:
    fresh = make_account("Fresh", owner=cast.salesperson)
    assert client_of(cast.salesperson).get(url(fresh)).content.strip() == b""
    assert not Deal.objects.filter(account=fresh).exists()
