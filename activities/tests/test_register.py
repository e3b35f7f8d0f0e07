"""The register: everything with everybody, past and to come."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.testing import make_account
from activities.models import Call, Meeting, Message, Note
from activities.queries import register_rows
from activities.queries.register import Asked, page_of, people_of
from activities.testing import make_task
from deals.testing import make_deal
from foundation.testing import assert_query_count

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


@pytest.fixture
def full(cast, acme):
    """One of each kind on one day, and something of each to come."""
    by = cast.salesperson
    Call.log(account=acme, note="Spoke of roses", duration=5, by=by, at=NOON)
    Message.log(account=acme, subject="Offer", by=by, at=NOON - timedelta(hours=1))
    Note.add("Pays late", account=acme, by=by, at=NOON - timedelta(hours=2))
    for shift in (-3, 24 * 365):
        Meeting.plan(
            title="Tasting", account=acme, owner=by, by=by, at=NOON - timedelta(days=30),
            starts_at=NOON + timedelta(hours=shift), ends_at=NOON + timedelta(hours=shift + 1),
        )  # fmt: skip
    make_task(by, "Call Acme again", kind="call", account=acme, due_at=NOON + timedelta(days=400))
    return acme


def listed(person, **asked):
    at = asked.pop("now", NOON + timedelta(hours=1))
    return [row.title for row in page_of(Asked(**asked), person, now=at).rows]


def test_the_past_is_listed_backwards_and_what_is_to_come_forwards(cast, full):
    assert listed(cast.salesperson) == ["Call outgoing", "Offer", "Pays late", "Tasting"]
    assert listed(cast.salesperson, is_upcoming=True) == ["Tasting", "Call Acme again"]


def test_the_register_is_read_on_the_page_and_the_outsider_reads_nothing(cast, client_of, full):
    page = client_of(cast.salesperson).get("/register/").content.decode()
    for shown in ("Spoke of roses", "Offer", "Pays late", "Tasting", "Acme"):
        assert shown in page
    other = client_of(cast.outsider).get("/register/").content.decode()
    for hidden in ("roses", "Offer", "Pays late", "Tasting"):
        assert hidden not in other
    assert "Nothing was written down yet" in other
    assert client_of(cast.head).get("/register/").content.decode().count("Acme") >= 4


@pytest.mark.parametrize("few", [0, 9])
def test_few_people_and_many_see_the_same_records_whichever_way_they_are_found(cast, monkeypatch, few):
    monkeypatch.setattr(register_rows, "FEW_PEOPLE", few)
    mine, theirs = (
        make_account(name, owner=owner) for name, owner in [("A", cast.salesperson), ("B", cast.head)]
    )
    deal = make_deal(
        "Of a colleague's client", owner=cast.salesperson, account=make_account("C", owner=cast.head)
    )
    for number, (by, about) in enumerate(
        [
            (cast.salesperson, {"account": theirs}),
            (cast.head, {"account": mine}),
            (cast.head, {"account": theirs}),
            (cast.head, {"deal": deal}),
            (cast.outsider, {"account": mine}),
        ]
    ):
        Note.add(f"note {number}", **about, by=by, at=NOON)
    for person in (cast.salesperson, cast.head, cast.outsider, cast.support, cast.admin):
        assert sorted(listed(person)) == sorted(
            Note.objects.visible_to(person).values_list("text", flat=True)
        )
    assert sorted(listed(cast.salesperson)) == ["note 0", "note 1", "note 3", "note 4"]


def test_somebody_elses_client_is_no_filter(cast, client_of, full):
    answer = client_of(cast.outsider).get(f"/register/?account={full.pk}")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kinds": ("note",)}, ["Pays late"]),
        ({"kinds": ("note", "message")}, ["Offer", "Pays late"]),
        ({"result": "reached"}, ["Call outgoing"]),
        ({"result": "busy"}, []),
        ({"since": NOON.date()}, ["Call outgoing", "Offer", "Pays late", "Tasting"]),
        ({"until": NOON.date() - timedelta(days=1)}, []),
    ],
)
def test_filters_narrow_it(cast, full, asked, expected):
    assert listed(cast.salesperson, **asked) == expected


def test_a_person_and_a_client_narrow_it(cast, full):
    other = make_account("Other", owner=cast.colleague)
    Call.log(account=other, by=cast.colleague, at=NOON)
    assert len(listed(cast.head)) == 5
    assert listed(cast.head, person_id=cast.colleague.pk) == ["Call outgoing"]
    assert listed(cast.head, account_id=other.pk) == ["Call outgoing"]


def test_a_day_is_the_readers_day(cast, acme):
    cast.salesperson.settle(time_zone="Pacific/Kiritimati")
    Note.add("Late at night", account=acme, by=cast.salesperson, at=datetime(2026, 11, 19, 11, 0, tzinfo=UTC))
    assert listed(cast.salesperson, since=NOON.date(), until=NOON.date()) == ["Late at night"]


@pytest.mark.parametrize("is_upcoming", [False, True])
def test_pages_give_every_row_once_forth_and_back(cast, acme, is_upcoming):
    by, side = cast.salesperson, 1 if is_upcoming else -1
    for number in range(60):
        at = NOON + side * timedelta(minutes=number // 3 + 1)
        if is_upcoming:
            make_task(by, f"Call {number}", kind="call", due_at=at)
        else:
            Call.log(account=acme, by=by, at=at)
        Note.add(f"Note {number}", account=acme, by=by, at=at)
        Meeting.plan(
            title=f"Meeting {number}", owner=by, by=by, at=NOON - timedelta(days=9), starts_at=at,
            ends_at=at + timedelta(minutes=9),
        )  # fmt: skip
    asked, seen, cursor, pages = Asked(is_upcoming=is_upcoming), [], "", []
    while True:
        page = page_of(asked, by, now=NOON, cursor=cursor)
        seen += [row.url for row in page.rows]
        pages.append([row.url for row in page.rows])
        if not page.next:
            break
        cursor = page.next
    assert len(seen) == len(set(seen)) == (120 if is_upcoming else 180)
    back = page_of(asked, by, now=NOON, cursor=page.previous)
    assert [row.url for row in back.rows] == pages[-2]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJuIiwgMSwgMiwgM10", "a" * 300, "%00"])
def test_a_damaged_cursor_breaks_nothing(cast, client_of, cursor):
    assert client_of(cast.salesperson).get(f"/register/?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("query", ["kind=x", "person=99", "since=tomorrow", "result=sang", "account=0x"])
def test_a_bad_filter_says_why(cast, client_of, query):
    assert client_of(cast.salesperson).get(f"/register/?{query}").status_code == 422


def test_colleagues_are_counted(cast, client_of, full):
    Call.log(account=full, result="no_answer", by=cast.colleague, at=NOON)
    rows = people_of(Asked(), cast.head, now=NOON + timedelta(hours=1))
    assert [row["name"] for row in rows] == [cast.salesperson.name, cast.colleague.name]
    assert (rows[0]["call"], rows[0]["reached"], rows[0]["minutes"], rows[0]["meeting"]) == (1, 1, 5, 1)
    assert rows[1]["reached"] == 0
    page = client_of(cast.head).get("/register/people/").content.decode()
    assert re.search(r"Sam Porter</th><td data-label=\"Calls\" class=\"end number\">1</td>", page)


def test_the_card_links_to_everything_with_the_client(cast, client_of, full):
    page = client_of(cast.salesperson).get(full.get_absolute_url()).content.decode()
    assert f"/register/?account={full.pk}" in page


def test_the_register_costs_what_is_recorded(cast, client_of, full):
    salesperson = client_of(cast.salesperson)
    with assert_query_count("register"):
        salesperson.get("/register/")
    with assert_query_count("register, people"):
        salesperson.get("/register/people/")
