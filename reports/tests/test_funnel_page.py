import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from deals.models import Pipeline
from deals.testing import make_deal
from foundation.testing import assert_query_count
from reports.testing import Year, make_year
from users.models import User
from users.testing import Cast, make_role, make_user

Signed = Callable[[User], Client]
ADDRESSES = [
    "/reports/funnel/",
    "/reports/funnel/?view=flow&period=custom&from=2025-01-31&to=2025-06-30",
    "/reports/funnel/?view=cohort&period=custom&from=2025-01-31&to=2025-12-31",
    "/reports/funnel/?view=flow&department={north}",
    "/reports/funnel/outcomes/",
    "/reports/funnel/outcomes/?period=custom&from=2025-01-31&to=2025-12-31",
]

TILES = ["/reports/funnel/days/", "/reports/funnel/outcomes/"]


@pytest.fixture
def year(cast: Cast) -> Year:
    return make_year(cast)


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content[:400]
    return unescape(response.content.decode()).replace("\u00a0", " ")


def links(page: str) -> Iterator[tuple[str, str]]:
    """(address of the list, the number that leads there), of whole counts of deals only."""
    for url, text in re.findall(r'<a[^>]*href="(/deals/\?[^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL):
        number = re.sub(r"<[^>]+>", " ", text).strip()
        if tile := re.search(r'class="tile-number">([^<]+)<', text):
            number = tile[1]
        elif counted := re.search(r"<strong>([^<]+)<", text):
            number = counted[1]
        if re.fullmatch(r"[\d,]+", number):
            yield url, number.replace(",", "")


def test_the_head_sees_their_departments_funnel(cast: Cast, client_of: Signed, year: Year) -> None:
    page = shown(client_of(cast.head), "/reports/funnel/")
    for text in (
        "First contact",
        "Negotiation",
        "Won by quarter",
        "Sam Porter",
        "Sales North",
        "2,690.50 USD",
    ):
        assert text in page, text
    assert "Oscar Stone" not in page


@pytest.mark.parametrize("person", ["head", "admin", "salesperson"])
def test_every_number_leads_to_as_many_deals(cast: Cast, client_of: Signed, year: Year, person: str) -> None:
    client = client_of(getattr(cast, person))
    for address in ADDRESSES[:3] + ADDRESSES[4:] if person == "salesperson" else ADDRESSES:
        found = list(links(shown(client, address.format(north=year.north.pk))))
        assert len(found) > 5
        for url, number in found:
            counted = client.get(url).context["count_text"]
            assert counted.split()[0] == number, f"{url} shows {counted}, the page said {number}"


def test_the_tile_of_days_leads_to_the_closed_deals(cast: Cast, client_of: Signed, year: Year) -> None:
    client = client_of(cast.head)
    tile = shown(client, "/reports/funnel/days/")
    assert "Median days to close" in tile
    counts = re.findall(r'href="(/deals/\?[^"]+)"', tile)
    assert [client.get(url).context["count_text"].split()[0] for url in counts] == ["4", "2"]
    assert "n=4" in tile


def test_people_and_departments_are_a_tile_and_a_page(cast: Cast, client_of: Signed, year: Year) -> None:
    client = client_of(cast.head)
    asked_for = re.search(
        r'hx-get="(/reports/funnel/outcomes/[^"]+)"', shown(client, "/reports/funnel/?view=flow")
    )
    assert asked_for
    assert f"pipeline={year.pipeline.pk}" in asked_for[1]
    page = shown(client, asked_for[1])
    tile = client.get(asked_for[1], headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in tile
    for text in ("Sam Porter", "Sales North", "Needs attention"):
        assert text in page
        assert text in tile


def test_the_outsider_sees_nothing_of_the_others(cast: Cast, client_of: Signed, year: Year) -> None:
    for address in ADDRESSES[:3] + ADDRESSES[4:]:
        page = shown(client_of(cast.outsider), address)
        for name in ("Sam Porter", "Clara Benson", "Nora Field", "Sales North"):
            assert name not in page
    assert ">900 USD<" in shown(client_of(cast.outsider), "/reports/funnel/")


def test_who_may_not_see_reports_is_told_which_right_is_missing(cast: Cast, client_of: Signed) -> None:
    for url in (*TILES, "/reports/funnel/", "/reports/", "/reports/win-rate/"):
        response = client_of(cast.support).get(url)
        assert response.status_code == 403
        assert "See reports and the funnel" in response.content.decode()


def test_a_reader_without_deals_sees_zeros(client_of: Signed, year: Year) -> None:
    make_role("counter", reports__view="all")
    page = shown(client_of(make_user("Zoe Void", "counter")), "/reports/funnel/?view=flow")
    assert "Nothing was won yet" in page
    assert "USD</" in page
    assert not re.search(r'class="tile-number">[1-9]', page)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("view=sideways", "is not a choice for “View”"),
        ("period=soon", "is not a choice for “Period”"),
        ("pipeline=99999", "There is no pipeline “99999”"),
        ("owner=abc", "There is no person “abc”"),
        ("department=0", "There is no department “0”"),
        ("period=custom&from=31.12.2025", "“31.12.2025” is not a day"),
        ("period=custom&from=2025-02-01&to=2025-01-01", "after the last one"),
    ],
)
def test_bad_parameters_are_answered_with_a_sentence(
    cast: Cast, client_of: Signed, asked: str, sentence: str
) -> None:
    for url in ("/reports/funnel/", *TILES):
        response = client_of(cast.head).get(f"{url}?{asked}")
        assert response.status_code == 422
        assert sentence in unescape(response.content.decode())


def test_an_empty_house_says_what_is_missing(cast: Cast, client_of: Signed) -> None:
    Pipeline.objects.all().delete()
    assert "There is no pipeline yet" in shown(client_of(cast.admin), "/reports/funnel/")
    assert "Nothing in this selection" in shown(client_of(cast.admin), "/reports/funnel/outcomes/")
    assert "nothing closed" in shown(client_of(cast.admin), "/reports/funnel/days/")


def test_the_busiest_pipeline_comes_first(cast: Cast, client_of: Signed, year: Year) -> None:
    assert client_of(cast.head).get("/reports/funnel/").context["pipeline"] == year.pipeline
    asked = client_of(cast.head).get(f"/reports/funnel/?pipeline={year.other.pk}")
    assert asked.context["pipeline"] == year.other


def test_small_samples_are_grey_and_every_share_names_its_sample(
    cast: Cast, client_of: Signed, year: Year
) -> None:
    page = shown(client_of(cast.head), "/reports/funnel/?view=cohort")
    assert "is-small" in page
    assert "n=9" in page
    assert "Still open" in page
    assert "Won of closed" in page


def test_no_style_attribute_reaches_the_page(cast: Cast, client_of: Signed, year: Year) -> None:
    for address in ADDRESSES[:3]:
        assert " style=" not in shown(client_of(cast.head), address)


def test_the_number_of_statements_holds(cast: Cast, client_of: Signed, year: Year) -> None:
    client = client_of(cast.head)
    for view in ("now", "flow", "cohort"):
        with assert_query_count(f"funnel {view}"):
            client.get(f"/reports/funnel/?view={view}")
    for tile in TILES:
        with assert_query_count(f"funnel {tile.split('/')[3]}"):
            client.get(f"{tile}?pipeline={year.pipeline.pk}")


def test_the_page_grows_with_names_and_not_with_deals(cast: Cast, client_of: Signed, year: Year) -> None:
    before: Any = len(client_of(cast.head).get("/reports/funnel/").content)
    for number in range(20):
        make_deal(f"more {number}", owner=cast.head, pipeline=year.pipeline, at=year.deals["fresh"].opened_at)
    after = len(client_of(cast.head).get("/reports/funnel/").content)
    assert abs(after - before) < 200


def test_what_a_tile_leaves_out_is_a_link_to_the_report_asked_the_same_way(
    cast: Cast, client_of: Signed, year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.outcomes.MOST_ROWS", 1)
    client = client_of(cast.head)
    asked = (
        f"?department={cast.sales.pk}&pipeline={year.pipeline.pk}&period=custom&from=2025-01-31&to=2025-12-31"
    )
    page = shown(client, f"/reports/funnel/outcomes/{asked}")
    found = re.search(r'<a href="(/reports/won-by-person/[^"]+)">and \d more in the report</a>', page)
    assert found
    for part in (
        f"department={cast.sales.pk}",
        f"pipeline={year.pipeline.pk}",
        "from=2025-01-31",
        "to=2025-12-31",
    ):
        assert part in found[1]
    assert "Sam Porter" in shown(client, found[1])
