"""Selecting on the list, looking at what would change, and changing."""

from collections.abc import Callable

import pytest
from django.test import Client

from changes.bulk import forms
from changes.models import ChangeSet, Selection
from deals.models import Deal
from deals.testing import make_deal
from deals.tests.conftest import Room
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
BULK, SELECTION = "/bulk/deal/", "/bulk/deal/selection/"


def chosen(browser: Client, *deals: Deal, query: str = "") -> str:
    answer = browser.post(SELECTION, {"query": query, "add": [deal.pk for deal in deals]}).json()
    return str(answer["token"])


def test_who_may_change_many_has_boxes_on_the_list_and_others_have_none(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    assert "form=bulk" in client_of(cast.head).get("/deals/").content.decode()
    assert "form=bulk" not in client_of(cast.salesperson).get("/deals/").content.decode()


def test_the_doors_are_closed_to_whoever_lacks_the_right(room: Room, cast: Cast, client_of: Browser) -> None:
    sam = client_of(cast.salesperson)
    assert {sam.get(BULK).status_code, sam.get(SELECTION).status_code} == {403}
    assert sam.post("/bulk/deal/begin/").status_code == 403


def test_a_selection_is_ones_own(room: Room, cast: Cast, client_of: Browser) -> None:
    token = chosen(client_of(cast.head), room.deal)

    answer = client_of(cast.admin).get(f"{BULK}?selection={token}&do=owner")

    assert answer.status_code == 422
    assert "Tick something on the list first." in answer.content.decode()


def test_ticks_survive_the_paging_and_belong_to_the_filter(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    head, other = client_of(cast.head), make_deal("Other", owner=cast.salesperson)
    head.post(SELECTION, {"query": "state=open&cursor=abc", "add": room.deal.pk})
    answer = head.post(SELECTION, {"query": "cursor=def&state=open", "add": other.pk}).json()
    assert (answer["count"], sorted(answer["keys"])) == (2, sorted([room.deal.pk, other.pk]))

    assert head.get(SELECTION, {"query": "state=won"}).json()["count"] == 0
    answer = head.post(SELECTION, {"query": "state=open", "drop": other.pk}).json()
    assert (answer["count"], answer["text"]) == (1, "1 deal selected")


def test_all_that_match_are_chosen_but_for_those_unticked(room: Room, cast: Cast, client_of: Browser) -> None:
    head, lost = client_of(cast.head), make_deal("Lost", owner=cast.salesperson, lost=True)
    make_deal("Strange", owner=cast.outsider)
    other = make_deal("Other", owner=cast.salesperson)
    assert head.post(SELECTION, {"query": "state=open", "all": "1"}).json()["count"] == 2

    answer = head.post(SELECTION, {"query": "state=open", "drop": other.pk}).json()
    assert (answer["count"], answer["all"], answer["keys"]) == (1, True, [other.pk])
    assert head.post(SELECTION, {"query": "state=open", "none": "1"}).json()["count"] == 0
    assert lost.pk


def test_an_unreadable_filter_never_becomes_all_deals(room: Room, cast: Cast, client_of: Browser) -> None:
    answer = client_of(cast.head).post(SELECTION, {"query": "stage=nonsense", "all": "1"})

    assert answer.status_code == 422


def test_without_a_script_the_ticked_boxes_lead_to_the_same_page(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    head = client_of(cast.head)

    page = head.post("/bulk/deal/begin/", {"key": room.deal.pk, "do": "source", "query": ""}, follow=True)

    assert "Change 1 deal" in page.content.decode()
    assert Selection.objects.get().keys == [room.deal.pk]


def test_the_preview_counts_shows_before_and_after_and_says_who_is_left_out(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    head, mine = client_of(cast.head), make_deal("Mine", owner=cast.colleague)
    token = chosen(head, room.deal, mine)

    page = head.get(BULK, {"selection": token, "do": "owner", "value": cast.colleague.pk, "preview": 1})

    text = page.content.decode()
    assert "Change 1 deal</button>" in text
    assert "Sam Porter" in text
    assert "It is so already." in text
    room.deal.refresh_from_db()
    assert room.deal.owner == cast.salesperson


def test_sending_changes_them_as_one_change_set_with_undo_in_the_toast(
    room: Room, cast: Cast, client_of: Browser
) -> None:
    head = client_of(cast.head)
    token = chosen(head, room.deal)

    page = head.post(BULK, {"selection": token, "do": "owner", "value": cast.colleague.pk}, follow=True)

    room.deal.refresh_from_db()
    made = ChangeSet.objects.get()
    assert room.deal.owner == cast.colleague
    assert (made.title, made.by) == ("Owner of 1 deal", cast.head)
    assert f"/changes/{made.pk}/undo/" in page.content.decode()
    assert Selection.objects.get().keys == []


def test_a_double_click_changes_once(room: Room, cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    token = chosen(head, room.deal)
    said = {"selection": token, "do": "owner", "value": cast.colleague.pk}
    said |= {"nonce": "7c0a6a44-6f1c-4f0e-9f0e-0d8a3a1f4f4e"}
    head.post(BULK, said)
    head.post(SELECTION, {"query": "", "add": room.deal.pk})

    head.post(BULK, said)

    assert ChangeSet.objects.count() == 1


def test_a_next_step_without_its_day_is_refused_and_kept(room: Room, cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    token = chosen(head, room.deal)

    answer = head.post(
        BULK, {"selection": token, "do": "next_step", "next_step": "Call them", "next_step_on": ""}
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Say on which day" in text
    assert "Call them" in text


def test_many_ask_for_their_number_to_be_typed(
    room: Room, cast: Cast, client_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "TYPED_FROM", 1)
    head, other = client_of(cast.head), make_deal("Other", owner=cast.salesperson)
    said = {"selection": chosen(head, room.deal, other), "do": "owner", "value": cast.colleague.pk}

    answer = head.post(BULK, said | {"number": 3})
    assert answer.status_code == 422
    assert "There are 2." in answer.content.decode()
    head.post(BULK, said | {"number": 2})
    assert Deal.objects.filter(owner=cast.colleague).count() == 2


def test_the_pages_cost_what_they_are_known_to_cost(room: Room, cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    token = chosen(head, room.deal)
    said = {"selection": token, "do": "owner", "value": cast.colleague.pk, "preview": 1}
    head.get(BULK, said)
    with assert_query_count("bulk preview"):
        head.get(BULK, said)
    with assert_query_count("selection"):
        head.get(SELECTION, {"query": ""})
