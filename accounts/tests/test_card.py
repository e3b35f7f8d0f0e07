"""A client's card and its timeline."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Address, ContactPoint, TaxNumber
from accounts.operations import add_contact, tags_named
from accounts.testing import make_account
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(cast):
    """A client with everything a card can show."""
    at = timezone.now()
    parent = make_account("Holding", owner=cast.salesperson)
    account = make_account(
        "Acme",
        owner=cast.salesperson,
        parent=parent,
        website="https://acme.example",
        employees=1234,
        founded_year=1987,
    )
    make_account("Acme North", owner=cast.salesperson, parent=account)
    make_account("Acme Secret", owner=cast.outsider, parent=account)
    ContactPoint.add(account, kind="phone", value="+74951234567", note="reception", by=cast.head, at=at)
    points = [
        {"kind": "email", "value": "ivan@acme.example"},
        {"kind": "phone", "value": "+79161112233;ext=12"},
    ]
    add_contact(account, {"name": "Ivan Petrov", "position": "Director"}, points, by=cast.head, at=at)
    Address.replace(account, [Address(city="Berlin", street="Ring 1")], by=cast.head, at=at)
    TaxNumber.replace(account, [("ru_inn", "7707083893")], by=cast.head, at=at)
    account.label_with(tags_named(["VIP"]), by=cast.head, at=at)
    return account


def test_the_card_shows_who_they_are(cast, client_of, rich):
    page = client_of(cast.salesperson).get(rich.get_absolute_url()).content.decode()
    for shown in (
        "Acme",
        "Holding",
        "Acme North",
        "VIP",
        "1,234",
        "1987",
        "Ring 1, Berlin",
        "7707083893",
        "Ivan Petrov",
        "Director",
        'href="tel:+74951234567"',
        "+7 495 123-45-67",
        'href="mailto:ivan@acme.example"',
        'href="tel:+79161112233,12"',
        "Contact added: Ivan Petrov, Director",
    ):
        assert shown in page, shown
    assert "Acme Secret" not in page


def test_the_outsider_finds_no_card_and_no_timeline(cast, client_of, rich):
    outsider = client_of(cast.outsider)
    for part in ("", "timeline/", "edit/", "contacts/new/"):
        assert outsider.get(f"/clients/{rich.pk}/{part}").status_code == 404
    assert client_of(cast.outsider).get("/clients/99999999999999999999999999/").status_code == 404


def test_who_may_only_look_gets_no_buttons(cast, client_of, rich):
    page = client_of(cast.support).get(rich.get_absolute_url()).content.decode()
    assert "Ivan Petrov" in page
    assert f"/clients/{rich.pk}/edit/" not in page
    assert client_of(cast.support).get(f"/clients/{rich.pk}/edit/").status_code == 403


def test_the_card_costs_what_is_recorded(cast, client_of, rich):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("card"):
        salesperson.get(rich.get_absolute_url())


def test_the_timeline_is_paged_by_days_and_says_each_day_once(cast, client_of):
    at = timezone.now().replace(hour=12)
    account = make_account("Acme", owner=cast.head, at=at - timedelta(days=20))
    for number in range(45):
        account.change({"employees": number}, by=cast.head, at=at - timedelta(days=15 - number // 3))
    head, url, seen, days = client_of(cast.head), account.get_absolute_url(), 0, []
    while url:
        page = head.get(url).content.decode()
        seen += page.count('class="timeline-icon"')
        days += re.findall(r'<p class="timeline-day">([^<]+)</p>', page)
        older = re.search(r'hx-get="([^"]+timeline[^"]+before=[^"]+)"', page)
        url = older[1].replace("&amp;", "&") if older else None
    assert seen == 46
    assert len(days) == len(set(days)) == 16
    fragment = head.get(f"/clients/{account.pk}/timeline/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment


@pytest.mark.parametrize("before", ["x", "2026-01-01|", "x" * 200, "%00"])
def test_a_damaged_link_to_older_events_breaks_nothing(cast, client_of, rich, before):
    response = client_of(cast.head).get(f"/clients/{rich.pk}/timeline/?before={before}")
    assert response.status_code in (200, 422)


def test_a_moment_is_shown_where_the_person_is(cast, client_of):
    cast.head.settle(time_zone="Pacific/Kiritimati")
    at = timezone.now().replace(hour=23, minute=30) - timedelta(days=40)
    account = make_account("Acme", owner=cast.head, at=at)
    page = client_of(cast.head).get(account.get_absolute_url()).content.decode()
    assert ">13:30<" in page
