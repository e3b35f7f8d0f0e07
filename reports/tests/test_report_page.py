import json
from collections.abc import Callable
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from foundation.testing import assert_query_count
from reports import groups
from reports.registry import all_reports
from reports.testing import Year, make_year
from reports.tests.test_funnel_page import links, shown
from users.models import User
from users.testing import Cast

Signed = Callable[[User], Client]
KEYS = [each.key for each in all_reports()]
OF_DEALS = [each.key for each in all_reports() if each.group not in (groups.PEOPLE, groups.MONEY)]


@pytest.fixture
def year(cast: Cast) -> Year:
    return make_year(cast)


def test_the_catalogue_lists_every_report_by_group(cast: Cast, client_of: Signed) -> None:
    client = client_of(cast.head)
    with assert_query_count("catalogue"):
        page = shown(client, "/reports/")
    for each in all_reports():
        if not each.is_for(cast.head):
            assert str(each.title) not in page
            continue
        assert str(each.title) in page
        assert str(each.description) in page


def test_the_catalogue_is_searched_by_words(cast: Cast, client_of: Signed) -> None:
    page = shown(client_of(cast.head), "/reports/?q=median+clos")
    assert "Days to close" in page
    assert "Lost by reason" not in page
    assert "No report matches" in shown(client_of(cast.head), "/reports/?q=<b>zebra")
    assert "<b>zebra" not in client_of(cast.head).get("/reports/?q=<b>zebra").content.decode()


@pytest.mark.parametrize("key", [key for key in OF_DEALS if key != "funnel"])
def test_every_report_has_a_page_whose_numbers_lead_to_deals(
    cast: Cast, client_of: Signed, year: Year, key: str
) -> None:
    client = client_of(cast.head)
    with assert_query_count(f"report {key}"):
        client.get(f"/reports/{key}/")
    for asked in ("", "?from=2025-02-01&to=2025-12-31", f"?department={year.north.pk}"):
        page = shown(client, f"/reports/{key}/{asked}")
        assert "How is this counted?" in page
        for url, number in links(page):
            counted = client.get(url).context["count_text"]
            assert counted.split()[0] == number, (
                f"{key}{asked}: {url} shows {counted}, the page said {number}"
            )


def test_every_report_says_why_it_refuses(cast: Cast, client_of: Signed) -> None:
    client = client_of(cast.head)
    for key in OF_DEALS:
        response = client.get(f"/reports/{key}/?owner={cast.outsider.pk}")
        assert response.status_code == 422, key
        assert f"There is no person “{cast.outsider.pk}”" in unescape(response.content.decode())


def test_an_unknown_report_is_not_found(cast: Cast, client_of: Signed) -> None:
    assert client_of(cast.head).get("/reports/nothing/").status_code == 404


def run(*arguments: str) -> tuple[int, Any]:
    out = StringIO()
    try:
        call_command("report", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


def test_the_command_names_the_reports_with_their_parameters() -> None:
    code, named = run("--list", "--json")
    assert code == 0
    assert [each["key"] for each in named] == KEYS
    funnel = next(each for each in named if each["key"] == "funnel")
    assert funnel["params"][0] == {
        "key": "view",
        "title": "View",
        "kind": "choice",
        "default": "now",
        "choices": ["now", "flow", "cohort"],
    }


def test_the_command_prints_rows_as_json(cast: Cast, year: Year) -> None:
    code, found = run("won-by-quarter", "--json", "--param", "pipeline=Sales", "--param", "to=2025-06-30")
    assert code == 0
    assert found["key"] == "won-by-quarter"
    assert found["params"]["to"] == "2025-06-30"
    assert [column["kind"] for column in found["columns"]] == ["text", "count", "money"]
    assert found["rows"] == [
        {"quarter": "2025-Q1", "deals": 1, "amount": "1000.00"},
        {"quarter": "2025-Q2", "deals": 3, "amount": "1690.50"},
    ]
    assert found["notes"]


def test_the_command_reads_with_a_persons_rights(cast: Cast, year: Year) -> None:
    _code, found = run("won-by-person", "--json", "--as", "Outsider@romashka.example")
    assert [row["person"] for row in found["rows"]] == ["Oscar Stone"]


def test_the_command_draws_a_plain_table(cast: Cast, year: Year) -> None:
    _code, text = run("won-by-head")
    assert "Nora Field" in text
    assert "1560.00" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no report “nothing”"),
        ([], "Name a report"),
        (["win-rate", "--param", "by"], "is not a parameter"),
        (["win-rate", "--param", "from=soon"], "is not a day"),
        (["win-rate", "--param", "colour=red"], "has no parameter “colour”"),
        (["win-rate", "--as", "ghost@romashka.example"], "Nobody signs in as"),
        (["win-rate", "--as", "support@romashka.example"], "may not see reports"),
    ],
)
def test_the_command_refuses_with_a_sentence_and_code_2(
    cast: Cast, arguments: list[str], sentence: str
) -> None:
    code, answer = run(*arguments, "--json")
    assert code == 2
    assert sentence in answer["error"]
