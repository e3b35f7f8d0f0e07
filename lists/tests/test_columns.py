"""Choosing columns: kept for one person and one list, formatted by their kind, summed where they are money."""

from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accounts.testing import make_account, make_custom_field
from deals.testing import make_deal, make_pipeline
from foundation.testing import assert_query_count
from lists.models import ListSetting

URL, CHOOSER = "/deals/", "/lists/columns/"


@pytest.fixture
def deal(cast):
    make_custom_field("budget", "money", record="deal")
    make_custom_field("area", "number", record="deal", unit="m²", decimals=1)
    make_custom_field("partner", "relation", record="deal")
    make_custom_field("double", "formula", record="deal", formula="area * 2")
    partner = make_account("Zeta Partners", owner=cast.head)
    custom = {"budget": 1200, "area": Decimal("2.5"), "partner": partner.pk}
    return make_deal("Roses", owner=cast.salesperson, pipeline=make_pipeline(), amount=300, custom=custom)


def heads(answer):
    return [str(heading.name) for heading in answer.context["headings"]]


def choose(browser, *names, next_url=URL, **more):
    return browser.post(CHOOSER, {"list": "deals", "next": next_url, "columns": names, **more})


def test_a_person_chooses_columns_and_keeps_filters_and_order(cast, deal, client_of):
    person, asked = client_of(cast.salesperson), f"{URL}?mine=1&sort=-amount"
    page = person.get(CHOOSER, {"list": "deals", "next": asked}).content.decode()
    assert "In the company&#x27;s currency" in page
    answer = choose(person, "owner", "custom.area", "client", next_url=asked)
    assert answer["Location"] == asked
    shown = person.get(asked)
    assert heads(shown) == ["title", "owner", "custom.area", "client"]
    assert "2.5\xa0m²" in shown.content.decode()
    assert heads(client_of(cast.head).get(URL))[1:] == [
        "client", "stage", "amount", "owner", "next_step", "expected", "opened"
    ]  # fmt: skip


def test_the_usual_columns_come_back(cast, deal, client_of):
    person = client_of(cast.salesperson)
    choose(person, "owner")
    choose(person, "owner", usual="1")
    assert len(heads(person.get(URL))) == 8
    assert ListSetting.objects.get().columns is None


def test_without_a_script_the_buttons_move_a_column_and_keep_the_choice(cast, deal, client_of):
    answer = choose(client_of(cast.salesperson), "owner", "client", "amount", up="amount")
    assert answer.status_code == 200
    chosen = [column.name for column, is_chosen in answer.context["columns"] if is_chosen]
    assert chosen == ["owner", "amount", "client"]
    assert not ListSetting.objects.exists()


def test_custom_fields_are_said_summed_and_sorted_by(cast, deal, client_of):
    make_deal("Lilies", owner=cast.salesperson, amount=5, custom={"budget": 34, "area": 1})
    person = client_of(cast.salesperson)
    choose(person, "custom.budget", "custom.partner", "custom.double", "amount")
    answer = person.get(f"{URL}?sort=custom.budget")
    cells = [[cell.text for cell in row.cells] for row in answer.context["page"].rows]
    assert [row[0] for row in cells] == ["34.00\xa0USD", "1,200.00\xa0USD"]
    assert [row[2] for row in cells] == ["2", "5"]
    assert [total.exactly for total in answer.context["totals"]] == [
        "1,234.00\xa0USD",
        "",
        "",
        "305.00\xa0USD",
    ]


def test_a_client_in_a_field_is_named_only_to_those_who_see_it(cast, deal, client_of):
    for person, text in ((cast.head, "Zeta Partners"), (cast.salesperson, "")):
        browser = client_of(person)
        choose(browser, "custom.partner")
        assert browser.get(URL).context["page"].rows[0].cells[0].text == text


def test_every_column_there_is_can_be_shown(cast, deal, client_of):
    deal.win(by=cast.salesperson, at=deal.opened_at)
    person = client_of(cast.salesperson)
    for url, key in ((URL, "deals"), ("/clients/", "clients")):
        make_account("Acme", owner=cast.salesperson, employees=5, annual_revenue=1000)
        everything = person.get(CHOOSER, {"list": key}).context["columns"]
        names = [column.name for column, _is_chosen in everything]
        person.post(CHOOSER, {"list": key, "columns": names})
        answer = person.get(url)
        assert heads(answer)[1:] == names


def test_what_is_gone_or_made_up_is_no_column(cast, deal, client_of):
    person = client_of(cast.salesperson)
    choose(person, "owner", "password", "custom.gone")
    assert heads(person.get(URL)) == ["title", "owner"]
    assert heads(person.get(f"{URL}?columns=stage,x&view=77")) == ["title", "stage"]


def test_an_unknown_list_is_404_and_one_without_the_right_403(cast, deal, client_of):
    assert client_of(cast.salesperson).get(CHOOSER, {"list": "users"}).status_code == 404
    assert client_of(cast.salesperson).get(CHOOSER).status_code == 404
    cast.salesperson.roles.clear()
    assert client_of(cast.salesperson).get(CHOOSER, {"list": "deals"}).status_code == 403


def test_the_way_back_leads_to_no_other_house(cast, deal, client_of):
    answer = choose(client_of(cast.salesperson), "owner", next_url="https://evil.example/")
    assert answer["Location"] == URL


def test_chosen_columns_cost_no_statement(cast, deal, client_of):
    person = client_of(cast.salesperson)
    choose(person, "owner", "stage", "custom.area")
    with assert_query_count("list with chosen columns"):
        person.get(URL)
    with assert_query_count("list of clients"):
        person.get("/clients/")
    with assert_query_count("column chooser"):
        person.get(f"{CHOOSER}?{urlencode({'list': 'deals', 'next': URL})}")


def test_count_and_sum_exactly_sums_every_money_column(cast, deal, client_of):
    person = client_of(cast.salesperson)
    choose(person, "custom.budget", "amount")
    text = person.get(reverse("deals:exactly")).content.decode()
    assert "1,200.00\xa0USD" in text
    assert "300.00\xa0USD" in text
