"""Many clients at once: selected on the list, looked at, changed or deleted as one change-set, with a way back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.bulk_edit import CLIENTS
from accounts.models import Account, Industry, Source
from accounts.testing import make_account, make_custom_field
from changes import running, undoing
from changes.bulk.editing import Edit, edit_many
from changes.models import ChangeSet, ResultRow, TrashEntry
from foundation.drain import drain
from foundation.models import Event
from foundation.testing import assert_query_count
from users.models import Notification, User
from users.testing import Cast, make_role

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
BULK, SELECTION = "/bulk/client/", "/bulk/client/selection/"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def clients(cast: Cast, now: datetime) -> list[Account]:
    before = now - timedelta(days=2)
    owners = [cast.salesperson, cast.colleague, cast.salesperson]
    return [make_account(f"Garden {n}", owner=owner, at=before) for n, owner in enumerate(owners)]


def edited(edit: Edit, cast: Cast, now: datetime) -> ChangeSet:
    made = edit_many(CLIENTS, Account.objects.all(), edit, by=cast.head, at=now)
    made.refresh_from_db()
    return made


def columns_of(account: Account) -> dict[str, Any]:
    row = Account.objects.filter(pk=account.pk).values().get()
    own = ("id", "name", "sort_key", "search_text", "version", "created_at")
    return {name: value for name, value in row.items() if name not in own}


def test_it_writes_the_very_rows_and_facts_that_the_verbs_would(cast: Cast, now: datetime) -> None:
    make_custom_field("rooms", "number")
    by_verb, in_bulk = (make_account(name, owner=cast.salesperson, at=now) for name in ("By verb", "In bulk"))
    source, industry = Source.objects.create(name="Fair"), Industry.objects.create(name="Hotels")
    told: dict[str, Any] = {"by": cast.head, "at": now + timedelta(hours=1)}
    by_verb.assign(cast.colleague, **told)
    by_verb.change({"source": source}, **told)
    by_verb.change({"industry": industry}, **told)
    by_verb.change({"custom": {"rooms": 12}}, **told)

    only = Account.objects.filter(pk=in_bulk.pk)
    for field, value in (
        ("owner", cast.colleague.pk), ("source", source.pk), ("industry", industry.pk), ("custom.rooms", "12"),
    ):  # fmt: skip
        edit_many(CLIENTS, only, Edit(field, value), **told)

    drain()
    assert columns_of(by_verb) == columns_of(in_bulk)
    facts = [
        [
            (name, {key: value for key, value in payload.items() if key != "account_id"})
            for name, payload in Event.objects.filter(payload__account_id=each.pk, at=told["at"])
            .order_by("pk")
            .values_list("name", "payload")
        ]
        for each in (by_verb, in_bulk)
    ]
    assert facts[0] == facts[1] != []


def test_an_edit_is_undone_as_a_whole_and_later_edits_stay(
    clients: list[Account], cast: Cast, now: datetime
) -> None:
    source, other = (Source.objects.create(name=name) for name in ("Fair", "Letter"))
    made = edited(Edit("source", source.pk), cast, now)
    assert (made.title, made.done, made.skipped) == ("Source of 3 clients", 3, 0)
    clients[1].change({"source": other}, by=cast.colleague, at=now + timedelta(minutes=5))

    undone = undoing.undo(made, by=cast.head, at=now + timedelta(hours=1))
    running.run_due(at=now + timedelta(hours=1))

    undone.refresh_from_db()
    assert (undone.done, undone.conflicts + undone.skipped) == (2, 1)
    assert list(Account.objects.values_list("source", flat=True)) == [None, other.pk, None]


def test_whoever_gets_many_is_told_once(clients: list[Account], cast: Cast, now: datetime) -> None:
    edited(Edit("owner", cast.colleague.pk), cast, now)
    drain()
    told = Notification.objects.filter(person=cast.colleague)
    assert list(told.values_list("kind", "title")) == [("account.many_assigned", "2 clients are yours now")]


def test_rights_are_asked_client_by_client(clients: list[Account], cast: Cast, now: datetime) -> None:
    strange = make_account("Strange", owner=cast.outsider, at=now)
    made = edited(Edit("source", Source.objects.create(name="Fair").pk), cast, now)
    row = ResultRow.objects.get(change_set=made, object_id=strange.pk)
    assert (row.outcome, row.reason) == ("skipped", "You may not change it.")
    assert made.done == 3


def test_boxes_lead_through_the_preview_to_the_change_and_its_undo(
    clients: list[Account], cast: Cast, client_of: Browser
) -> None:
    head, source = client_of(cast.head), Source.objects.create(name="Fair")
    page = head.get("/clients/").content.decode()
    assert "form=bulk" in page
    assert "Merge into one" in page
    keys = [each.pk for each in clients[:2]]
    asked = head.post("/bulk/client/begin/", {"key": keys, "do": "source"}, follow=True)
    assert "Change 2 clients" in asked.content.decode()
    token = head.post(SELECTION, {"query": "", "add": []}).json()["token"]
    shown = head.get(
        BULK, {"selection": token, "do": "source", "value": source.pk, "preview": 1}
    ).content.decode()
    assert "Garden 0" in shown
    assert "Fair" in shown
    done = head.post(BULK, {"selection": token, "do": "source", "value": source.pk}, follow=True)
    assert f"/changes/{ChangeSet.objects.get().pk}/undo/" in done.content.decode()
    assert Account.objects.filter(source=source).count() == 2


def test_all_that_match_the_filter_are_chosen(clients: list[Account], cast: Cast, client_of: Browser) -> None:
    make_account("Strange", owner=cast.outsider)
    head = client_of(cast.head)
    query = f"owner={cast.salesperson.pk}"
    chosen = head.post(SELECTION, {"query": query, "all": "1"}).json()
    assert (chosen["count"], chosen["text"]) == (2, "2 clients selected")
    assert head.post(SELECTION, {"query": "owner=nonsense", "all": "1"}).status_code == 422


def test_two_ticked_are_taken_to_the_merge(clients: list[Account], cast: Cast, client_of: Browser) -> None:
    head, keys = client_of(cast.head), [each.pk for each in clients[:2]]
    page = head.post("/bulk/client/begin/", {"key": keys, "do": "merge"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/clients/merge/?id={keys[0]}&id={keys[1]}"
    assert page.status_code == 200


def test_many_clients_go_into_the_trash_together_and_come_back(
    clients: list[Account], cast: Cast, client_of: Browser
) -> None:
    admin, keys = client_of(cast.admin), [each.pk for each in clients[:2]]
    asked = admin.post("/bulk/client/begin/", {"key": keys, "do": "trash"}, follow=True)
    assert "Delete 2 clients?" in asked.content.decode()
    token = admin.post(SELECTION, {"query": "", "add": []}).json()["token"]
    address = "/bulk/client/trash/"
    admin.post(address, {"selection": token, "reason": "Doubles of the old list"})
    assert list(Account.objects.values_list("name", flat=True)) == ["Garden 2"]
    assert TrashEntry.objects.filter(record="client").count() == 2
    undone = undoing.undo(ChangeSet.objects.get(), by=cast.admin, at=timezone.now())
    running.run_due(at=timezone.now())
    assert undone.pk
    assert Account.objects.count() == 3


def test_who_may_not_change_many_has_the_merge_alone(
    clients: list[Account], cast: Cast, client_of: Browser
) -> None:
    sam = client_of(cast.salesperson)
    page = sam.get("/clients/").content.decode()
    assert "form=bulk" not in page
    assert "form=merge" in page
    assert {sam.get(BULK).status_code, sam.get(SELECTION).status_code} == {403}
    assert sam.get("/bulk/client/trash/").status_code == 403


def test_deleting_many_asks_for_the_right_to_delete(
    clients: list[Account], cast: Cast, client_of: Browser
) -> None:
    role = make_role("editor", accounts__view="all", accounts__change="all", changes__bulk_edit="all")
    cast.accountant.roles.set([role])
    editor = client_of(cast.accountant)
    token = editor.post(SELECTION, {"query": "", "add": clients[0].pk}).json()["token"]
    assert 'value="trash"' not in editor.get("/clients/").content.decode()
    answer = editor.post("/bulk/client/trash/", {"selection": token, "reason": "x"})
    assert answer.status_code == 422
    assert Account.objects.count() == 3


def test_there_is_no_bulk_edit_of_what_is_unknown(cast: Cast, client_of: Browser) -> None:
    assert client_of(cast.head).get("/bulk/ghost/").status_code == 404


def test_the_pages_cost_what_they_are_known_to_cost(
    clients: list[Account], cast: Cast, client_of: Browser
) -> None:
    head = client_of(cast.head)
    token = head.post(SELECTION, {"query": "", "add": clients[0].pk}).json()["token"]
    said = {"selection": token, "do": "owner", "value": cast.colleague.pk, "preview": 1}
    head.get(BULK, said)
    with assert_query_count("bulk preview of clients"):
        head.get(BULK, said)
