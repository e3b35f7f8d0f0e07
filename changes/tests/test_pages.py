"""The pages of change-sets: whose they are, what they show, and the way back."""

from collections.abc import Callable

import pytest
from django.test import Client

from changes import running, undoing
from changes.models import ChangeSet, Outcome, ResultRow
from changes.tests.conftest import Room
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_my_changes_stand_on_the_list_and_nobody_elses(room: Room, cast: Cast, client_of: Browser) -> None:
    assert "To Clara" in client_of(cast.head).get("/changes/").content.decode()
    assert "To Clara" not in client_of(cast.salesperson).get("/changes/").content.decode()


def test_an_administrator_sees_everybodys_on_asking(room: Room, cast: Cast, client_of: Browser) -> None:
    admin = client_of(cast.admin)
    assert "To Clara" not in admin.get("/changes/").content.decode()
    assert "To Clara" in admin.get("/changes/?everybody=1").content.decode()
    assert "To Clara" not in client_of(cast.colleague).get("/changes/?everybody=1").content.decode()


def test_its_page_says_what_changed_before_and_after_and_what_was_left_out(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    page = client_of(cast.head).get(f"/changes/{room.given.pk}/").content.decode()

    for said in ("Acme", "Bloom", "Sam Porter", "Clara Benson", "Closed for us", "You may not change it."):
        assert said in page


def test_the_outsider_finds_no_such_change_set(room: Room, cast: Cast, client_of: Browser) -> None:
    outsider = client_of(cast.outsider)
    for door in ("", "undo/", "left-out/"):
        assert outsider.get(f"/changes/{room.given.pk}/{door}").status_code == 404
    assert outsider.post(f"/changes/{room.given.pk}/conflicts/").status_code == 404


def test_records_the_maker_no_longer_sees_are_not_named(room: Room, cast: Cast, client_of: Browser) -> None:
    type(room.accounts[0]).objects.filter(pk=room.accounts[0].pk).update(team_ids=[cast.outsider.pk])

    page = client_of(cast.head).get(f"/changes/{room.given.pk}/").content.decode()

    assert "Acme" not in page
    assert "Bloom" in page


def test_undo_asks_with_the_number_and_then_puts_back(room: Room, cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    assert "Undo 2 changes" in head.get(f"/changes/{room.given.pk}/undo/").content.decode()

    answer = head.post(f"/changes/{room.given.pk}/undo/", follow=True)

    room.accounts[0].refresh_from_db()
    assert room.accounts[0].owner_id == cast.salesperson.pk
    assert "2 records put back" in answer.content.decode()
    assert "Undone by Helena Marsh" in head.get(f"/changes/{room.given.pk}/").content.decode()


def test_undo_says_beforehand_how_many_were_changed_since(room: Room, cast: Cast, client_of: Browser) -> None:
    room.accounts[0].assign(cast.head, by=cast.head, at=room.now)

    page = client_of(cast.head).get(f"/changes/{room.given.pk}/undo/").content.decode()

    assert "1 record was changed since" in page


def test_a_second_undo_says_who_was_first(room: Room, cast: Cast, client_of: Browser) -> None:
    client_of(cast.admin).post(f"/changes/{room.given.pk}/undo/")

    answer = client_of(cast.head).post(f"/changes/{room.given.pk}/undo/")

    assert answer.status_code == 422
    assert "Ada Winter has undone these changes already" in answer.content.decode()


def test_a_conflict_shows_both_values_and_is_put_back_on_asking(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    room.accounts[0].assign(cast.head, by=cast.head, at=room.now)
    head = client_of(cast.head)
    page = head.post(f"/changes/{room.given.pk}/undo/", follow=True).content.decode()
    made = ChangeSet.objects.get(undo_of=room.given)
    row = ResultRow.objects.get(change_set=made, outcome=Outcome.CONFLICT)
    assert "Sam Porter" in page
    assert "Helena Marsh" in page
    assert f'value="{row.pk}:owner_id"' in page

    head.post(f"/changes/{made.pk}/conflicts/", {"field": f"{row.pk}:owner_id"})

    room.accounts[0].refresh_from_db()
    assert room.accounts[0].owner_id == cast.salesperson.pk


def test_a_running_set_shows_how_far_it_is_and_asks_again(
    room: Room, cast: Cast, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    head = client_of(cast.head)
    made = undoing.undo(room.given, by=cast.head, at=room.now)
    page = head.get(f"/changes/{made.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "0 of 2 records" in page

    running.run_due(at=room.now)

    answer = head.get(f"/changes/{made.pk}/", headers={"HX-Request": "true", "HX-Target": "section#progress"})
    assert answer.headers["HX-Refresh"] == "true"


def test_what_was_left_out_comes_as_a_file_without_formulas(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    ResultRow.objects.create(
        change_set=room.given,
        record="client",
        object_id=2,
        title="=1+1",
        outcome=Outcome.SKIPPED,
        reason="No",
    )

    text = client_of(cast.head).get(f"/changes/{room.given.pk}/left-out/").content.decode("utf-8-sig")

    assert "client,1,Closed for us,You may not change it." in text
    assert "client,2,'=1+1,No" in text


def test_the_pages_cost_what_they_are_known_to_cost(room: Room, cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    for name, url in (("list", "/changes/"), ("page", f"/changes/{room.given.pk}/")):
        head.get(url)
        with assert_query_count(name):
            head.get(url)
