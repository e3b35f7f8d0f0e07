"""Custom fields of deals: in the verb, in the forms and on the page."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.custom.definitions import kept
from accounts.testing import make_account, make_custom_field
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from foundation.automation import all_fields
from foundation.errors import Refused
from foundation.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def fields(cast):
    return [
        make_custom_field("discount", "number", record="deal", unit="%", least=0, most=50, decimals=1, position=1),
        make_custom_field("begins_on", "date", record="deal", position=2),
        make_custom_field("size", "choice", record="deal", options={"small": "Small", "large": "Large"}, position=3),
        make_custom_field("partner", "relation", record="deal", position=4),
        make_custom_field(
            "after_discount", "formula", record="deal", formula="amount × (100 − discount) ÷ 100", decimals=2,
            unit="USD", position=5,
        ),
    ]  # fmt: skip


def form_of(deal, **changes):
    """What a browser sends when nothing but `changes` was touched."""
    return {
        "title": deal.title,
        "amount": "1000",
        "currency": "USD",
        "version": deal.version,
        "client": "",
    } | changes


@pytest.mark.usefixtures("fields")
def test_a_deal_carries_custom_fields_and_its_page_shows_them(cast, client_of):
    partner = make_account("Bolt", owner=cast.salesperson)
    deal, salesperson = make_deal(owner=cast.salesperson), client_of(cast.salesperson)
    sent = form_of(
        deal,
        custom_discount="12,5 %",
        custom_begins_on="2027-02-01",
        custom_size="large",
        custom_partner=f"Bolt · ID{partner.pk}",
    )
    response = salesperson.post(f"/deals/{deal.pk}/edit/", sent)
    assert response.status_code == 302, response.content.decode()
    deal.refresh_from_db()
    assert deal.custom == {
        "discount": Decimal("12.5"),
        "begins_on": "2027-02-01",
        "size": "large",
        "partner": partner.pk,
    }
    page = salesperson.get(deal.get_absolute_url()).content.decode()
    for words in (
        "12.5\xa0%",
        "Feb 1, 2027",
        "Large",
        f'<a href="/clients/{partner.pk}/">Bolt</a>',
        "875\xa0USD",
    ):
        assert words in page, words
    assert "Changed: Begins on, Discount, Partner, Size" in page
    told = Event.objects.filter(name="deal.changed").latest("pk")
    assert told.payload["fields"] == [f"custom.{key}" for key in ("begins_on", "discount", "partner", "size")]


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("custom_discount", "60", "“Discount” is from 0\xa0% to 50\xa0%, not 60\xa0%"),
        ("custom_discount", "0.15", "may mean 0.15 % or 15 %"),
        ("custom_begins_on", "soon", "Enter a valid date"),
        ("custom_size", "huge", "Select a valid choice"),
        ("custom_partner", "Nobody Ltd", "There is no client"),
    ],
)
def test_a_bad_value_says_why_and_everything_typed_stays(cast, client_of, name, value, reason):
    deal = make_deal(owner=cast.salesperson)
    response = client_of(cast.salesperson).post(
        f"/deals/{deal.pk}/edit/", form_of(deal, title="Of mine") | {name: value}
    )
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert 'value="Of mine"' in response.content.decode()
    assert Deal.objects.get().custom == {}


def test_the_verb_refuses_what_does_not_fit_and_keeps_what_is_not_named(cast, fields):
    deal = make_deal(owner=cast.salesperson)
    deal.change({"custom": {"discount": 5, "size": "small"}}, by=cast.salesperson, at=timezone.now())
    deal.change({"custom": {"begins_on": date(2027, 2, 1)}}, by=cast.salesperson, at=timezone.now())
    assert deal.custom == {"discount": 5, "size": "small", "begins_on": "2027-02-01"}
    with pytest.raises(Refused, match="“Discount” is from"):
        deal.change({"custom": {"discount": 51}}, by=cast.salesperson, at=timezone.now())
    deal.win(by=cast.salesperson, at=timezone.now())
    assert Deal.objects.get().custom == {"discount": 5, "size": "small", "begins_on": "2027-02-01"}


def test_a_new_deal_is_asked_for_the_required_fields_only(cast, client_of):
    make_custom_field("size", "choice", record="deal", options={"small": "Small"}, is_required=True)
    make_custom_field("motto", record="deal")
    stage = make_pipeline().stages.order_by("position").first()
    salesperson = client_of(cast.salesperson)
    page = salesperson.get("/deals/new/").content.decode()
    assert "custom_size" in page
    assert "custom_motto" not in page
    sent = {"title": "Office", "stage": stage.pk, "currency": "USD", "client": ""}
    assert salesperson.post("/deals/new/", sent).status_code == 422
    assert not Deal.objects.exists()
    assert salesperson.post("/deals/new/", sent | {"custom_size": "small"}).status_code == 302
    assert Deal.objects.get().custom == {"size": "small"}


@pytest.mark.usefixtures("fields")
def test_the_outsider_writes_no_custom_field(cast, client_of):
    deal = make_deal(owner=cast.salesperson)
    sent = form_of(deal, custom_discount="5")
    assert client_of(cast.outsider).post(f"/deals/{deal.pk}/edit/", sent).status_code == 404
    assert Deal.objects.get().custom == {}


@pytest.mark.usefixtures("calendar")
def test_custom_fields_cost_the_page_no_statement(cast, client_of, room, django_assert_num_queries):
    browser, page = client_of(cast.salesperson), room.deal.get_absolute_url()
    with CaptureQueriesContext(connection) as before:
        browser.get(page)
    make_custom_field("discount", "number", record="deal", unit="%")
    make_custom_field("rest", "formula", record="deal", formula="amount - discount")
    room.deal.change({"custom": {"discount": 5}}, by=cast.salesperson, at=timezone.now())
    kept.of("deal")
    with django_assert_num_queries(len(before)):
        assert "5\xa0%" in browser.get(page).content.decode()


@pytest.mark.usefixtures("fields")
@pytest.mark.parametrize(
    ("query", "found", "chip"),
    [
        ("custom.discount.from=5", 1, "Discount, % from: 5\xa0%"),
        ("custom.discount.from=0", 2, "Discount, % from: 0\xa0%"),
        ("custom.discount.to=4.5", 1, "Discount, % to: 4.5\xa0%"),
        ("custom.size=small", 1, "Size: Small"),
        ("custom.size=small,large", 2, "Size: Small, Large"),
        ("custom.begins_on.to=2027-01-01", 1, "Begins on to: Jan 1, 2027"),
    ],
)
def test_list_board_and_sums_are_narrowed_by_custom_fields(cast, client_of, query, found, chip):
    for title, custom in (
        ("One", {"discount": 5, "size": "small"}),
        ("Two", {"discount": 0, "size": "large"}),
    ):
        deal = make_deal(title, owner=cast.salesperson)
        custom |= {"begins_on": "2027-01-01"} if title == "One" else {}
        deal.change({"custom": custom}, by=cast.salesperson, at=timezone.now())
    make_deal("Three", owner=cast.salesperson)
    salesperson = client_of(cast.salesperson)
    page = salesperson.get(f"/deals/?{query}").content.decode()
    assert page.count("<tr id=") == found
    name, _sign, value = query.partition("=")
    assert f'name="{name}" value="{value}"' in page
    assert chip in page
    board = salesperson.get(f"/deals/board/?{query}").content.decode()
    assert sum(title in board for title in ("One", "Two", "Three")) == found
    assert client_of(cast.outsider).get(f"/deals/?{query}").content.decode().count("<tr id=") == 0
    form = salesperson.get(f"/deals/filters/?{query}").content.decode()
    assert form.count(f'name="{name}"') == 1


def test_processes_may_ask_about_custom_fields_of_the_deal_and_its_client(cast):
    make_custom_field("size", "choice", record="deal", options={"small": "Small"})
    make_custom_field("area", "number", unit="m²")
    make_custom_field("old", is_retired=True)
    found = all_fields()
    assert (found["deal.custom.size"].kind, found["deal.custom.size"].lookup) == ("choice", "custom__size")
    assert str(found["client.custom.area"].label) == "Client: Area, m²"
    assert "client.custom.old" not in found
    client = make_account(owner=cast.salesperson)
    client.change({"custom": {"area": 5}}, by=cast.salesperson, at=timezone.now())
    deal = make_deal(owner=cast.salesperson, account=client)
    assert Deal.objects.get(**{found["client.custom.area"].lookup: 5}) == deal
