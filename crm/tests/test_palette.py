"""The palette: commands, people, tags, what was opened lately, pins, and what was looked for marked."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Tag
from accounts.operations import add_contact
from accounts.testing import make_account, make_contact
from activities.models import Attachment
from deals.testing import make_deal, make_pipeline
from foundation.errors import Refused
from foundation.testing import assert_query_count
from users import recents
from users.highlight import marked
from users.models import RecentRecord

AT = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


def found(client, query=""):
    return unescape(client.get("/search/", {"q": query}, headers=HTMX).content.decode())


def links(page):
    """Addresses of the rows, without those of the actions."""
    return re.findall(r'<a href="([^"]+)"', page.split("<template")[0])


@pytest.fixture
def acme(cast):
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.fixture
def deal(cast, acme):
    return make_deal("Office flowers", owner=cast.salesperson, account=acme, pipeline=make_pipeline())


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("> reports", "/reports/"),
        ("> rep", "/reports/"),
        ("> кузщкеы", "/reports/"),
        ("> my day", "/my-day/"),
        ("> funnel", "/reports/funnel/"),
        ("> list of deals", "/deals/"),
        ("> notification settings", "/notifications/settings/"),
        ("> possible dup", "/clients/duplicates/"),
    ],
)
def test_a_command_goes_to_a_page(cast, client_of, typed, url):
    assert url in links(found(client_of(cast.head), typed))


def test_a_command_is_found_in_the_persons_language_and_in_english(cast, client_of):
    cast.head.settle(language="ru")
    head = client_of(cast.head)
    assert "/deals/board/" in links(found(head, "> сделки"))
    assert "/deals/board/" in links(found(head, "> deals"))


def test_a_new_deal_for_a_client_is_a_command(cast, client_of, acme):
    page = found(client_of(cast.salesperson), "> new deal for Acme")
    assert f"/deals/new/?account={acme.pk}" in links(page)
    assert f"/notes/new/?account={acme.pk}" in links(found(client_of(cast.salesperson), "> note acme"))
    assert "Acme" not in "".join(links(found(client_of(cast.outsider), "> new deal for Acme")))


def test_a_new_task_is_a_command_that_goes_on_with_the_line(cast, client_of):
    page = found(client_of(cast.salesperson), "> new task call Ivan tomorrow")
    assert "/quick-add/?line=call+Ivan+tomorrow" in links(page)
    opened = client_of(cast.salesperson).get("/quick-add/?line=call+Ivan+tomorrow").content.decode()
    assert 'value="call Ivan tomorrow"' in opened


def test_the_theme_is_changed_by_a_command(cast, client_of):
    page = found(client_of(cast.salesperson), "> theme dark")
    assert 'data-posts="theme=dark" data-posts-to="/profile/theme/"' in page
    assert 'href="/profile/"' in page
    assert (
        client_of(cast.salesperson).post("/profile/theme/", {"theme": "dark"}, headers=HTMX).status_code
        == 204
    )


def test_commands_a_person_has_no_right_to_are_not_there(cast, client_of):
    assert "/admin/" in links(found(client_of(cast.admin), "> administration"))
    assert "/admin/" not in links(found(client_of(cast.salesperson), "> administration"))
    assert not links(found(client_of(cast.salesperson), "> hand-overs"))


def test_at_names_people_and_hash_names_tags(cast, client_of, acme):
    make_contact(acme, name="Иван Петров")
    tag = Tag.objects.create(name="Hot lead")
    Tag.objects.create(name="Hot but retired", is_retired=True)
    client = client_of(cast.salesperson)
    assert f"/clients/{acme.pk}/#contact" in found(client, "@ivan")
    assert "Clients</h2>" not in found(client, "@ivan")
    assert cast.colleague.name in re.sub("</?mark>", "", found(client, "@Clara"))
    assert links(found(client, "#hot")) == [f"/clients/?tag={tag.pk}"]
    assert links(found(client, "#lead")) == [f"/clients/?tag={tag.pk}"]
    assert links(found(client, "#")) == [f"/clients/?tag={tag.pk}"]


def test_a_file_is_found_by_its_name_by_those_who_see_its_client(cast, client_of, acme):
    file = Attachment.add(
        ContentFile(b"%PDF-1.4 offer", name="Договор поставки 2026.pdf"), account=acme, by=cast.salesperson, at=AT
    )  # fmt: skip
    for query in ("договор", "dogovor", "postavki 2026", "ljujdjh"):
        assert f"/files/{file.pk}/" in links(found(client_of(cast.salesperson), query))
    assert f"/files/{file.pk}/" not in links(found(client_of(cast.outsider), "договор"))


def test_a_phone_is_found_in_its_middle_and_shown_where_it_is_marked(cast, client_of, acme):
    point = {"kind": "phone", "value": "+74951234567"}
    add_contact(acme, {"name": "Ivan"}, [point], by=cast.salesperson, at=AT)
    for query in ("2345", "495 123-45", "(495) 1234"):
        page = found(client_of(cast.salesperson), query)
        assert f"/clients/{acme.pk}/" in links(page)[0]
        assert re.sub("</?mark>", "", page).count("+74951234567") == 2
        assert "<mark>" in page


def test_owner_and_status_stand_beside_each_row(cast, client_of, deal):
    page = re.sub("</?mark>", "", found(client_of(cast.salesperson), "flowers"))
    row = next(line for line in page.split("<a ") if f"/deals/{deal.pk}/" in line)
    assert deal.stage.name in row
    assert cast.salesperson.name in row


def test_what_was_opened_lately_comes_first_and_follows_the_person(cast, client_of, acme, deal):
    client = client_of(cast.salesperson)
    assert not links(found(client))
    for path in (f"/clients/{acme.pk}/", f"/deals/{deal.pk}/", "/deals/", "/nowhere/", ""):
        assert client.post(reverse("search_opened"), {"path": path}).status_code == 204
    assert links(found(client)) == [f"/deals/{deal.pk}/", f"/clients/{acme.pk}/"]
    client.post(reverse("search_opened"), {"path": f"/clients/{acme.pk}/"})
    assert links(found(client_of(cast.salesperson))) == [f"/clients/{acme.pk}/", f"/deals/{deal.pk}/"]
    assert not links(found(client_of(cast.head)))


def test_what_one_no_longer_sees_is_no_longer_among_the_recents(cast, client_of, acme):
    recents.note_opened("clients", acme.pk, by=cast.outsider, at=AT)
    assert not links(found(client_of(cast.outsider)))


def test_eight_are_shown_and_thirty_kept(cast, client_of):
    for number in range(33):
        account = make_account(f"Client {number}", owner=cast.salesperson)
        recents.note_opened("clients", account.pk, by=cast.salesperson, at=AT + timedelta(minutes=number))
    assert len(links(found(client_of(cast.salesperson)))) == 8
    assert RecentRecord.objects.filter(person=cast.salesperson).count() == 30


def test_a_pin_stays_on_top_until_it_is_taken_off(cast, client_of, acme, deal):
    client = client_of(cast.salesperson)
    recents.note_opened("deals", deal.pk, by=cast.salesperson, at=AT)
    client.post(reverse("search_pin"), {"kind": "clients", "key": acme.pk}, headers=HTMX)
    page = found(client_of(cast.salesperson))
    assert links(page) == [f"/clients/{acme.pk}/", f"/deals/{deal.pk}/"]
    assert page.index("Pinned") < page.index("Opened lately")
    client.post(reverse("search_pin"), {"kind": "clients", "key": acme.pk, "pinned": "0"}, headers=HTMX)
    assert links(found(client)) == [f"/deals/{deal.pk}/"]


def test_a_tenth_pin_is_refused_with_a_sentence(cast, client_of):
    accounts = [make_account(f"Client {number}", owner=cast.salesperson) for number in range(10)]
    for account in accounts[:9]:
        recents.pin("clients", account.pk, by=cast.salesperson, at=AT)
    recents.pin("clients", accounts[0].pk, by=cast.salesperson, at=AT)
    answer = client_of(cast.salesperson).post(
        reverse("search_pin"), {"kind": "clients", "key": accounts[9].pk}
    )
    assert answer.status_code == 422
    assert "unpin one first" in answer.content.decode()


def test_what_one_does_not_see_is_not_pinned(cast, client_of, acme):
    with pytest.raises(Refused):
        recents.pin("clients", acme.pk, by=cast.outsider, at=AT)
    for said in ({"kind": "nothing", "key": 1}, {"kind": "clients", "key": "x"}, {}):
        assert client_of(cast.outsider).post(reverse("search_pin"), said).status_code == 404


def test_a_row_says_what_can_be_done_with_it_and_only_what_one_may(cast, client_of, acme, deal):
    seller = found(client_of(cast.salesperson))
    assert 'href="/calls/new/?account=0" data-for="account"' in seller
    assert 'href="/deals/new/?account=0" data-for="account"' in seller
    assert 'href="/tasks/0/finish/" data-for="task"' in seller
    for person in (cast.accountant, cast.support, cast.head):
        assert ("/deals/new/" in found(client_of(person))) == person.may("deals.create")
    assert f'data-kind="deals" data-key="{deal.pk}" data-subject="deal"' in found(
        client_of(cast.salesperson), "office"
    )


def test_recents_cost_one_statement_for_each_kind(cast, client_of, acme, deal):
    for kind, key in (("clients", acme.pk), ("deals", deal.pk)):
        recents.note_opened(kind, key, by=cast.salesperson, at=AT)
    client = client_of(cast.salesperson)
    with assert_query_count("search_lately"):
        client.get("/search/", headers=HTMX)


@pytest.mark.parametrize(
    "query", ["flowers office", "zzz qqq", "4567", "ivan@acme", "7707083893", "ID5", "office 512"]
)
def test_no_search_sends_more_statements_than_before(
    cast, client_of, deal, query, django_assert_max_num_queries
):
    client = client_of(cast.salesperson)
    with django_assert_max_num_queries(14):  # four of them find invoices and payments
        client.get("/search/", {"q": query}, headers=HTMX)


@pytest.mark.parametrize(
    ("text", "query", "lit"),
    [
        ("Acme Florists", "flor", ["Flor"]),
        ("Иван Петров", "ivan", ["Иван"]),
        ("Ivan Petrov", "Иван", ["Ivan"]),
        ("Иван Петров", "bdfy", ["Иван"]),
        ("Щукин", "shch", ["Щ"]),
        ("+74951234567", "495 12", ["49512"]),
        ("Roast", "ro", ["Ro"]),
        ("Euro", "ro", []),
    ],
)
def test_what_was_looked_for_is_marked(text, query, lit):
    assert [piece for piece, is_lit in marked(text, query) if is_lit] == lit


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=12))
def test_marking_loses_no_letter(text, query):
    assert "".join(piece for piece, _is_lit in marked(text, query)) == text
