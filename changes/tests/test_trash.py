"""The trash: what undoing the making of records puts there, the page, and taking out one or many."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Account, Contact
from accounts.testing import make_account
from changes import undoing
from changes.models import ChangeKind, ChangeSet, KeptRows, Outcome, ResultRow, TrashEntry
from changes.recording import change_set
from changes.trash import verbs
from deals.testing import make_deal
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def imported(cast: Cast, now: datetime) -> ChangeSet:
    """Two clients, one with a contact, that one import made; and a third that it changed."""
    third = make_account("Third", owner=cast.salesperson)
    with change_set(ChangeKind.IMPORT, title="Import of leads.csv", by=cast.head, at=now) as changes:
        first = make_account("First", owner=cast.salesperson, at=now)
        make_account("Second", owner=cast.salesperson, at=now)
        Contact.create(first, name="Ivan Petrov", by=cast.head, at=now)
        third.change({"about": "Imported"}, by=cast.head, at=now)
    return changes.change_set


def test_undoing_an_import_puts_what_it_made_into_the_trash_and_the_rest_back(
    cast: Cast, imported: ChangeSet, now: datetime
) -> None:
    made = undoing.undo(imported, by=cast.head, at=now)

    made.refresh_from_db()
    assert list(Account.objects.values_list("name", "about")) == [("Third", "")]
    assert not Contact.objects.exists()
    assert set(TrashEntry.objects.values_list("record", "title", "change_set")) == {
        ("client", "First", made.pk),
        ("client", "Second", made.pk),
        ("contact", "Ivan Petrov", made.pk),
    }
    assert (made.done, made.skipped, made.conflicts) == (4, 0, 0)


def test_the_page_of_the_undo_says_how_many_created_records_lie_in_the_trash(
    cast: Cast, imported: ChangeSet, client_of: Browser
) -> None:
    page = client_of(cast.head).post(f"/changes/{imported.pk}/undo/", follow=True).content.decode()

    assert "3 created records were put into the trash." in page
    assert "1 record put back" in page
    assert "/trash/?set=" in page


def test_what_somebody_used_since_stays_until_a_person_decides(
    cast: Cast, imported: ChangeSet, now: datetime, client_of: Browser
) -> None:
    first, second = Account.objects.get(name="First"), Account.objects.get(name="Second")
    second.change({"about": "A good one"}, by=cast.salesperson, at=now + timedelta(minutes=1))
    make_deal(owner=cast.salesperson, account=first, at=now)

    head = client_of(cast.head)
    page = head.post(f"/changes/{imported.pk}/undo/", follow=True).content.decode()
    made = ChangeSet.objects.get(undo_of=imported)
    assert "Sam Porter used it since." in page
    assert "It has deals now that these changes did not make." in page
    assert Account.objects.count() == 3
    row = ResultRow.objects.get(change_set=made, outcome=Outcome.CONFLICT, object_id=second.pk)
    head.post(f"/changes/{made.pk}/conflicts/", {"field": f"{row.pk}:record"})

    assert not Account.objects.filter(pk=second.pk).exists()
    assert TrashEntry.objects.get(record="client").record_id == second.pk


def test_what_the_undo_took_away_comes_back_from_the_trash(
    cast: Cast, imported: ChangeSet, now: datetime
) -> None:
    undoing.undo(imported, by=cast.head, at=now)

    put = verbs.restore_many(list(TrashEntry.objects.values_list("pk", flat=True)), by=cast.head, at=now)

    assert not put.refused
    assert set(Account.objects.values_list("name", flat=True)) == {"First", "Second", "Third"}
    assert Contact.objects.get().account.name == "First"


@pytest.fixture
def trashed(cast: Cast, now: datetime) -> list[TrashEntry]:
    return [
        verbs.put_in_trash(make_account(name, owner=cast.salesperson), by=person, at=now, reason="A test")
        for name, person in (("Acme", cast.head), ("Bloom", cast.admin))
    ]


def test_the_trash_shows_my_own_and_everybodys_to_administrators(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    mine = client_of(cast.head).get("/trash/").content.decode()
    assert "Acme" in mine
    assert "Bloom" not in mine
    everybodys = client_of(cast.admin).get("/trash/").content.decode()
    assert "Acme" in everybodys
    assert "Bloom" in everybodys
    assert "Bloom" not in client_of(cast.admin).get(f"/trash/?who={cast.head.pk}").content.decode()
    assert "The trash is empty" in client_of(cast.outsider).get("/trash/").content.decode()


def test_it_is_filtered_by_kind_and_an_empty_answer_says_how_to_go_on(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    head = client_of(cast.head)
    assert "Acme" in head.get("/trash/?kind=client").content.decode()
    assert "Nothing here with this filter" in head.get("/trash/?kind=deal").content.decode()


def test_the_outsider_finds_no_entry_and_restores_none(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    outsider = client_of(cast.outsider)
    assert outsider.get(f"/trash/{trashed[0].pk}/").status_code == 404
    assert outsider.post(f"/trash/{trashed[0].pk}/restore/").status_code == 404
    assert outsider.post("/trash/restore/", {"entry": trashed[0].pk}).status_code == 422
    assert TrashEntry.objects.count() == 2


def test_the_owner_sees_where_it_went_and_may_not_take_it_out(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    owner = client_of(cast.salesperson)
    assert "Helena Marsh put it there" in owner.get(f"/trash/{trashed[0].pk}/").content.decode()
    answer = owner.post(f"/trash/{trashed[0].pk}/restore/")
    assert answer.status_code == 422
    assert "Only whoever put it there or may delete it" in answer.content.decode()


def test_what_is_ticked_comes_back_together(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    admin = client_of(cast.admin)

    answer = admin.post("/trash/restore/", {"entry": [entry.pk for entry in trashed]}, follow=True)

    assert "2 records are back" in answer.content.decode()
    assert set(Account.objects.values_list("name", flat=True)) == {"Acme", "Bloom"}
    assert not TrashEntry.objects.exists()


def test_nothing_ticked_is_said(cast: Cast, trashed: list[TrashEntry], client_of: Browser) -> None:
    answer = client_of(cast.admin).post("/trash/restore/")
    assert answer.status_code == 422
    assert "Tick what you want back first" in answer.content.decode()


def test_one_restored_leads_to_its_card(cast: Cast, trashed: list[TrashEntry], client_of: Browser) -> None:
    answer = client_of(cast.head).post(f"/trash/{trashed[0].pk}/restore/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/clients/{trashed[0].record_id}/"
    assert "“Acme” is back." in answer.content.decode()


def test_after_ninety_days_it_is_gone_for_good_and_not_a_day_sooner(
    cast: Cast, trashed: list[TrashEntry], now: datetime
) -> None:
    TrashEntry.objects.filter(pk=trashed[0].pk).update(at=now - timedelta(days=90, seconds=1))
    TrashEntry.objects.filter(pk=trashed[1].pk).update(at=now - timedelta(days=89, hours=23))

    assert verbs.empty_trash(at=now) == 1

    assert list(TrashEntry.objects.values_list("pk", flat=True)) == [trashed[1].pk]
    assert not KeptRows.objects.filter(entry=trashed[0].pk).exists()


def test_the_pages_of_the_trash_cost_what_they_are_known_to_cost(
    cast: Cast, trashed: list[TrashEntry], client_of: Browser
) -> None:
    head = client_of(cast.head)
    for name, url in (("trash", "/trash/"), ("trashed", f"/trash/{trashed[0].pk}/")):
        head.get(url)
        with assert_query_count(name):
            head.get(url)
