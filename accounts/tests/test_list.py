"""The list of clients: who sees which, how it is narrowed, ordered and paged."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.clients.filters import PERIODS, began
from accounts.models import AccountRole, ContactPoint, Industry, TaxNumber
from accounts.operations import tags_named
from accounts.testing import make_account
from foundation.testing import assert_query_count

URL = "/clients/"
pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    found = re.findall(
        r'<th scope="row">(?:<input[^>]+>)?<a href="[^"]+">([^<]+)</a>', response.content.decode()
    )
    return [unescape(name) for name in found]


def test_a_salesperson_sees_own_clients_and_the_head_the_departments(cast, client_of):
    make_account("Acme", owner=cast.salesperson)
    make_account("Bolt", owner=cast.colleague)
    assert names(client_of(cast.salesperson).get(URL)) == ["Acme"]
    assert sorted(names(client_of(cast.head).get(URL))) == ["Acme", "Bolt"]


def test_the_outsider_sees_nothing_in_list_count_and_search(cast, client_of):
    make_account("Acme", owner=cast.salesperson)
    for query in ("", "?q=acme", "?owner=none", "?role=client", f"?owner={cast.salesperson.pk}"):
        page = client_of(cast.outsider).get(URL + query).content.decode()
        assert "Acme" not in page
        assert "1 client" not in page


def test_the_page_needs_the_right_to_see_clients(cast, client_of):
    cast.salesperson.roles.clear()
    assert client_of(cast.salesperson).get(URL).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=" + "x" * 101,
        "?owner=boss",
        "?industry=first",
        f"?tag={10**20}",
        "?role=king",
        "?cursor=x",
    ],
)
def test_nonsense_in_the_address_is_refused_with_a_reason(cast, client_of, query):
    make_account("Acme", owner=cast.head)
    response = client_of(cast.head).get(URL + query)
    assert response.status_code == 422
    assert "Acme" not in response.content.decode()


def test_a_page_of_fifty_costs_four_statements_and_at_most_60_kilobytes(cast, client_of):
    tags = tags_named(["VIP", "wholesale", "spring fair"])
    for number in range(60):
        account = make_account(f"Romashka Flowers and Gardens {number}", owner=cast.salesperson)
        ContactPoint.add(
            account, kind="phone", value=f"+749512345{number:02}", by=cast.head, at=timezone.now()
        )
        account.label_with(tags, by=cast.head, at=timezone.now())
    head = client_of(cast.head)
    with assert_query_count("list"):
        page = head.get(URL)
    assert len(names(page)) == 50
    assert len(page.content) <= 60 * 1024
    with assert_query_count("list, narrowed"):
        head.get(f"{URL}?owner={cast.salesperson.pk}&q=romashka&sort=name")


def test_pages_follow_each_other_without_gaps_in_every_order(cast, client_of):
    start = timezone.now() - timedelta(days=100)
    for number in range(115):
        make_account(f"Client {number:03}", owner=cast.head, at=start + timedelta(hours=number % 40))
    head = client_of(cast.head)
    for sort in ("name", "-name", "created", "-created", "last", "-last"):
        seen, url = [], f"{URL}?sort={sort}"
        while url:
            page = head.get(url).content.decode()
            seen += re.findall(r'id="row-(\d+)"', page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            url = URL + unescape(following[1]) if following else None
        assert len(seen) == len(set(seen)) == 115
    assert 'aria-sort="descending"' in head.get(f"{URL}?sort=-last").content.decode()


def test_filters_narrow_together(cast, client_of):
    retail = Industry.objects.create(name="Retail")
    acme = make_account("Acme", owner=cast.head, industry=retail, roles=[AccountRole.PARTNER])
    make_account("Bolt", owner=cast.head, industry=retail)
    make_account("Crate", owner=cast.salesperson, roles=[AccountRole.PARTNER])
    acme.label_with(tags_named(["VIP"]), by=cast.head, at=timezone.now())
    tag = acme.tags.get()
    head = client_of(cast.head)
    assert names(head.get(f"{URL}?industry={retail.pk}&role=partner")) == ["Acme"]
    assert names(head.get(f"{URL}?tag={tag.pk}")) == ["Acme"]
    assert sorted(names(head.get(f"{URL}?owner=me"))) == ["Acme", "Bolt"]
    assert sorted(names(head.get(f"{URL}?owner=team"))) == ["Acme", "Bolt", "Crate"]
    assert "Industry: Retail" in head.get(f"{URL}?industry={retail.pk}").content.decode()


def test_unassigned_and_new_ones_have_chips(cast, client_of):
    now = timezone.now()
    make_account("Old", owner=cast.admin, at=now - timedelta(days=400))
    make_account("Orphan", at=now)
    admin = client_of(cast.admin)
    assert names(admin.get(f"{URL}?owner=none")) == ["Orphan"]
    assert names(admin.get(f"{URL}?created=year")) == ["Orphan"]
    page = admin.get(f"{URL}?owner=none").content.decode()
    assert re.search(r'aria-current="true"><i class="ti ti-user-off"', page)


def test_periods_begin_where_the_person_is():
    wednesday = timezone.make_aware(timezone.datetime(2026, 11, 18, 15, 30))
    begun = {period: began(period, wednesday).date().isoformat() for period in PERIODS}
    assert begun == {
        "today": "2026-11-18",
        "week": "2026-11-16",
        "month": "2026-11-01",
        "quarter": "2026-10-01",
        "year": "2026-01-01",
    }


@pytest.mark.parametrize(
    "query",
    [
        "ivan",
        "bdfy",
        "ИВАН",
        "4567",
        "(123) 45",
        "8 495 123-45-67",
        "info@ivan",
        "7707083893",
        "77 0708 3893",
    ],
)
def test_a_client_is_found_by_name_phone_email_and_tax_number(cast, client_of, query):
    account = make_account("Цветы Ивана", owner=cast.head)
    make_account("Other", owner=cast.head)
    for kind, value in (("phone", "+74951234567"), ("email", "info@ivan.example")):
        ContactPoint.add(account, kind=kind, value=value, by=cast.head, at=timezone.now())
    TaxNumber.replace(account, [("ru_inn", "7707083893")], by=cast.head, at=timezone.now())
    assert names(client_of(cast.head).get(URL, {"q": query})) == ["Цветы Ивана"]


@pytest.mark.parametrize("query", ["567", "zzz", "!", "770708389"])
def test_too_little_or_nothing_fitting_finds_nothing(cast, client_of, query):
    account = make_account("Ivan", owner=cast.head)
    ContactPoint.add(account, kind="phone", value="+74951234567", by=cast.head, at=timezone.now())
    page = client_of(cast.head).get(URL, {"q": query})
    assert names(page) == []
    assert "No client matches" in page.content.decode()


def test_the_three_empty_states_say_different_things(cast, client_of):
    assert "No clients of yours yet" in client_of(cast.head).get(URL).content.decode()
    assert "Your clients will live here" in client_of(cast.admin).get(URL).content.decode()
    support = client_of(cast.support).get(URL).content.decode()
    assert "an administrator can grant" in support
    assert 'href="/clients/new/' not in support
    make_account("Acme", owner=cast.head)
    assert "No client matches" in client_of(cast.head).get(f"{URL}?q=zzz").content.decode()


def test_htmx_receives_only_the_part_that_changes(cast, client_of):
    make_account("Acme", owner=cast.head)
    response = client_of(cast.head).get(URL, headers={"HX-Request": "true"})
    assert response.content.decode().lstrip().startswith('<div id="clients"')
    assert "HX-Request" in response["Vary"]


def test_the_filter_form_offers_only_colleagues_one_sees(cast, client_of):
    page = client_of(cast.head).get(f"{URL}filters/").content.decode()
    assert "Sam Porter" in page
    assert "Oscar Stone" not in page


def test_names_with_markup_are_shown_as_text(cast, client_of):
    make_account("<b>Bold</b>", owner=cast.head)
    assert "<b>Bold" not in client_of(cast.head).get(URL).content.decode()
