"""Deals in the trash: out of every list and sum, and back as they were."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.testing import make_account, make_contact
from changes.models import ChangeSet, KeptRows, TrashEntry
from changes.trash import verbs
from deals.models import Deal, StageEvent, StagePassage, StageTotal
from deals.testing import make_deal, make_loss_reason, make_pipeline
from deals.tests.test_funnel import check
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count
from users.models import User
from users.testing import Cast, make_role

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
START = datetime(2026, 1, 20, 9, tzinfo=UTC)


def rows_of(deal: Deal) -> tuple[dict, list, list]:
    return (
        Deal.objects.filter(pk=deal.pk).values().get(),
        list(StageEvent.objects.filter(deal=deal.pk).order_by("pk").values()),
        list(StagePassage.objects.filter(deal=deal.pk).order_by("stage_id").values()),
    )


def test_a_deal_comes_back_exactly_as_it_went(cast: Cast) -> None:
    deal = make_deal("Roses", owner=cast.salesperson, account=make_account(owner=cast.salesperson), won=True)
    before = rows_of(deal)

    entry = verbs.put_in_trash(deal, by=cast.head, at=timezone.now(), reason="A double")
    assert not Deal.objects.filter(pk=deal.pk).exists()
    verbs.restore(entry, by=cast.head, at=timezone.now())

    assert rows_of(deal) == before
    assert not TrashEntry.objects.exists()
    assert not KeptRows.objects.exists()


def test_a_trashed_deal_is_in_no_sum_and_counts_again_when_restored(cast: Cast) -> None:
    deal = make_deal("Roses", owner=cast.salesperson, amount=700)
    make_deal("Tulips", owner=cast.salesperson, amount=300)

    entry = verbs.put_in_trash(deal, by=cast.head, at=timezone.now())
    assert StageTotal.objects.get(stage=deal.stage_id).base_amount == 300
    check()
    verbs.restore(entry, by=cast.head, at=timezone.now())

    assert StageTotal.objects.get(stage=deal.stage_id).base_amount == 1000
    check()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["trash", "trash", "restore", "move", "win", "lose", "reopen", "assign", "amount"]),
        st.integers(0, 2),
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    max_size=12,
)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=STEPS)
def test_whatever_goes_into_the_trash_and_out_the_sums_are_what_a_recount_says(steps: list) -> None:
    from django.db import transaction

    with transaction.atomic():
        _play(steps)
        transaction.set_rollback(True)


def _play(steps: list) -> None:
    people = [User.objects.create_user(f"person{n}@romashka.example", f"Person {n}") for n in range(2)]
    pipeline, reason = make_pipeline("Tested"), make_loss_reason()
    stages = [stage for stage in pipeline.stages_in_order() if stage.is_open]
    deals = [
        make_deal(f"Deal {n}", owner=people[n % 2], pipeline=pipeline, at=START, amount=100 + n)
        for n in range(3)
    ]
    at = START
    for verb, which, place, days in steps:
        at += timedelta(days=days, minutes=1)
        entry = TrashEntry.objects.filter(record="deal", record_id=deals[which].pk).first()
        if verb == "restore" or entry is not None:
            if verb == "restore" and entry is not None:
                verbs.restore(entry, by=people[0], at=at)
            continue
        deal, by = Deal.objects.get(pk=deals[which].pk), people[0]
        try:
            match verb:
                case "trash":
                    verbs.put_many("deal", [deal.pk], by=by, at=at, is_undo=True)
                case "move":
                    deal.move(stages[place], by=by, at=at)
                case "win":
                    deal.win(by=by, at=at)
                case "lose":
                    deal.lose(reason, by=by, at=at)
                case "reopen":
                    deal.reopen(by=by, at=at)
                case "assign":
                    deal.assign(people[place % 2], by=by, at=at)
                case "amount":
                    deal.change({"amount": Decimal(place * 7)}, by=by, at=at)
        except Refused:
            pass
    check()


def test_both_facts_are_told_with_the_reason(cast: Cast) -> None:
    deal = make_deal("Roses", owner=cast.salesperson)
    entry = verbs.put_in_trash(deal, by=cast.head, at=timezone.now(), reason="A double")
    verbs.restore(entry, by=cast.admin, at=timezone.now())

    told = list(Event.objects.filter(name__in=["deal.trashed", "deal.restored"]).order_by("pk"))
    assert [(each.name, each.actor_id) for each in told] == [
        ("deal.trashed", cast.head.pk),
        ("deal.restored", cast.admin.pk),
    ]
    assert told[0].payload["reason"] == "A double"


def test_a_contact_put_there_before_its_deal_finds_its_place_in_it_again(cast: Cast) -> None:
    now, account = timezone.now(), make_account(owner=cast.salesperson)
    deal, ivan = make_deal("Roses", owner=cast.salesperson, account=account), make_contact(account)
    deal.add_contact(ivan, "", by=cast.salesperson, at=now)
    of_deal = verbs.put_in_trash(deal, by=cast.head, at=now)
    of_ivan = verbs.put_in_trash(ivan, by=cast.head, at=now)

    verbs.restore(of_deal, by=cast.head, at=now)
    assert not deal.deal_contacts.exists()
    verbs.restore(of_ivan, by=cast.head, at=now)

    assert deal.deal_contacts.get().contact_id == ivan.pk


def test_a_deal_waits_for_its_client_that_lies_in_the_trash_too(cast: Cast) -> None:
    now, account = timezone.now(), make_account("Acme", owner=cast.salesperson)
    deal = make_deal("Roses", owner=cast.salesperson, account=account)
    of_deal = verbs.put_in_trash(deal, by=cast.head, at=now)
    of_client = verbs.put_in_trash(account, by=cast.head, at=now)

    with pytest.raises(Refused, match="“Acme” is in the trash too"):
        verbs.restore(of_deal, by=cast.head, at=now)
    put = verbs.restore_many([of_deal.pk, of_client.pk], by=cast.head, at=now)

    assert len(put.entries) == 2
    assert Deal.objects.get(pk=deal.pk).account_id == account.pk


def test_two_restore_it_at_once_and_the_second_hears_so(cast: Cast) -> None:
    entry = verbs.put_in_trash(make_deal(owner=cast.salesperson), by=cast.head, at=timezone.now())
    verbs.restore(entry, by=cast.head, at=timezone.now())
    with pytest.raises(Refused, match="somebody was quicker"):
        verbs.restore(TrashEntry(pk=entry.pk or 1), by=cast.head, at=timezone.now())


def test_the_page_of_a_deal_offers_to_delete_it_to_those_who_may(cast: Cast, client_of: Browser) -> None:
    deal = make_deal("Roses", owner=cast.salesperson)
    assert "Delete…" in client_of(cast.head).get(f"/deals/{deal.pk}/").content.decode()
    assert "Delete…" not in client_of(cast.salesperson).get(f"/deals/{deal.pk}/").content.decode()
    assert client_of(cast.salesperson).post(f"/deals/{deal.pk}/trash/").status_code == 403
    assert client_of(cast.outsider).get(f"/deals/{deal.pk}/trash/").status_code == 403


def test_a_deleted_deal_leaves_list_board_and_search_and_its_page_says_where_it_is(
    cast: Cast, client_of: Browser
) -> None:
    deal = make_deal("Roses for the hotel", owner=cast.salesperson)
    head = client_of(cast.head)

    answer = head.post(f"/deals/{deal.pk}/trash/", {"reason": "A double"}, follow=True)

    assert f"undo:/trash/{TrashEntry.objects.get().pk}/restore/" in answer.content.decode()
    for place in ("/deals/", f"/deals/board/?pipeline={deal.pipeline_id}", "/search/?q=hotel"):
        page = head.get(place).content.decode()
        assert f'href="/deals/{deal.pk}/"' not in page
    page = client_of(cast.salesperson).get(f"/deals/{deal.pk}/").content.decode()
    assert "Helena Marsh put it there" in page
    assert "Why: A double." in page
    assert client_of(cast.outsider).get(f"/deals/{deal.pk}/").status_code == 404


def chosen(browser: Client, deals: list[Deal]) -> str:
    answer = browser.post("/bulk/deal/begin/", {"key": [deal.pk for deal in deals], "do": "trash"})
    assert answer.status_code == 302
    return str(answer["Location"])


def sent(place: str, reason: str = "") -> dict[str, str]:
    """What the form on that page sends."""
    return {"selection": parse_qs(urlsplit(place).query)["selection"][0], "reason": reason}


def test_a_selection_is_deleted_as_one_change_set_and_its_undo_brings_all_back(
    cast: Cast, client_of: Browser
) -> None:
    mine = [make_deal(title, owner=cast.salesperson, amount=100) for title in ("Roses", "Tulips")]
    head = client_of(cast.head)
    place = chosen(head, mine)
    assert "Put 2 deals into the trash" in head.get(place).content.decode()

    answer = head.post(place, sent(place, "Spring is over"), follow=True)

    made = ChangeSet.objects.get()
    assert "2 deals are in the trash." in answer.content.decode()
    assert "2 records were put into the trash." in answer.content.decode()
    assert (made.kind, made.done, made.skipped) == ("trash", 2, 0)
    assert not Deal.objects.exists()
    check()
    assert "Undo 2 changes" in head.get(f"/changes/{made.pk}/undo/").content.decode()
    head.post(f"/changes/{made.pk}/undo/")

    assert Deal.objects.count() == 2
    assert not TrashEntry.objects.exists()
    check()


def test_deals_of_others_in_a_selection_stay_and_are_counted(cast: Cast, client_of: Browser) -> None:
    role = make_role("deleter", deals__view="department", deals__delete="own", changes__bulk_edit="all")
    cast.salesperson.roles.add(role)
    mine, theirs = make_deal("Mine", owner=cast.salesperson), make_deal("Hers", owner=cast.colleague)
    seller = client_of(cast.salesperson)
    place = chosen(seller, [mine, theirs])
    assert "1 of them stays" in seller.get(place).content.decode()

    seller.post(place, sent(place))

    assert list(Deal.objects.values_list("title", flat=True)) == ["Hers"]
    assert ChangeSet.objects.get().skipped == 1


def test_a_selection_that_is_not_mine_is_refused(cast: Cast, client_of: Browser) -> None:
    place = chosen(client_of(cast.head), [make_deal(owner=cast.salesperson)])
    assert client_of(cast.admin).get(place).status_code == 422
    assert client_of(cast.outsider).get(place).status_code == 403


def test_the_page_of_deleting_many_costs_what_it_is_known_to_cost(cast: Cast, client_of: Browser) -> None:
    head = client_of(cast.head)
    place = chosen(head, [make_deal(owner=cast.salesperson)])
    head.get(place)
    with assert_query_count("trash_many"):
        head.get(place)
