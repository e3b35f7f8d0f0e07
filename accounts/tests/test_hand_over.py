"""Handing over what a colleague answers for: given together, kept from harm, taken back as one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account, Address, HandOver, HandOverPart, Territory, TerritoryPlace
from accounts.testing import make_account
from activities.models import Meeting, Project, Task
from activities.models.task_parts import TaskPassage
from activities.testing import make_meeting, make_project, make_task
from changes import running, undoing
from changes.models import ChangeSet, Outcome, ResultRow
from deals import funnel
from deals.models import Deal, FunnelSum, StageTotal
from deals.testing import make_deal
from foundation.drain import drain
from foundation.errors import Refused
from foundation.models import Event
from lists.models import SavedView
from users.models import Notification, User
from users.testing import Cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def portfolio(cast: Cast, now: datetime) -> dict[str, Any]:
    """Sam's: two clients with deals, a task and a meeting, something without a client, and a won deal."""
    sam = cast.salesperson
    acme, rose = make_account("Acme", owner=sam), make_account("Rose", owner=sam)
    return {
        "acme": acme,
        "rose": rose,
        "big": make_deal("Big", owner=sam, account=acme, amount=5000),
        "small": make_deal("Small", owner=sam, account=acme, amount=100),
        "won": make_deal("Old", owner=sam, account=acme, amount=700, won=True),
        "loose": make_deal("Loose", owner=sam, amount=10),
        "task": make_task(sam, "Call Acme", account=acme, due_on=now.date() + timedelta(days=2)),
        "done": make_task(sam, "Was done", account=acme),
        "meeting": make_meeting(sam, "Show Rose", account=rose),
        "project": make_project(sam, "Spring"),
        "view": SavedView.create(by=sam, at=now, list="deals", name="Ours", scope="everyone"),
        "private": SavedView.create(by=sam, at=now, list="deals", name="Mine"),
    }


def again(person: User) -> User:
    """With the rights as they are now: a department may have new people."""
    return User.objects.with_policy().get(pk=person.pk)


def planned(cast: Cast, now: datetime, *receivers: User, by: User | None = None, **parts: Any) -> HandOver:
    people = receivers or (cast.colleague,)
    parts.setdefault("way", "one" if len(people) == 1 else "equally")
    return HandOver.plan(cast.salesperson, people, by=again(by or cast.head), at=now, **parts)


def owner_of(record: Any) -> int:
    return type(record).objects.values_list("owner", flat=True).get(pk=record.pk)


def test_everything_open_goes_to_the_one_who_takes_over_and_what_is_closed_or_private_stays(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    portfolio["done"].finish(by=cast.salesperson, at=now, outcome="yes")
    made = planned(cast, now).start(by=again(cast.head), at=now)
    assert (made.state, made.skipped) == ("done", 0)
    moved = ("acme", "rose", "big", "small", "loose", "task", "meeting", "project", "view")
    assert {name: owner_of(portfolio[name]) for name in moved} == dict.fromkeys(moved, cast.colleague.pk)
    stayed = ("won", "done", "private")
    assert {name: owner_of(portfolio[name]) for name in stayed} == dict.fromkeys(stayed, cast.salesperson.pk)
    assert made.done == len(moved)
    for record in (Account.objects.get(pk=portfolio["acme"].pk), Deal.objects.get(pk=portfolio["big"].pk)):
        assert {cast.salesperson.pk, cast.colleague.pk} <= set(record.team_ids)


def test_what_was_won_never_moves_and_every_sum_is_what_counting_again_gives(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    def won() -> list[Any]:
        sums = FunnelSum.objects.filter(stage__kind="won").exclude(passed=0).order_by("pk")
        return list(sums.values_list("owner", "passed", "base_amount"))

    before = won()
    assert before[0][:2] == (cast.salesperson.pk, 1)
    planned(cast, now).start(by=again(cast.head), at=now)
    assert won() == before

    def standing() -> set[Any]:
        return set(StageTotal.objects.exclude(deals=0).values_list("stage", "owner", "deals", "base_amount"))

    kept = standing()
    funnel.rebuild()
    assert standing() == kept


def test_a_client_and_all_of_it_go_together(cast: Cast, portfolio: dict[str, Any], now: datetime) -> None:
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    planned(cast, now, cast.colleague, third).start(by=again(cast.head), at=now)
    for client, things in (("acme", ("big", "small", "task")), ("rose", ("meeting",))):
        assert {owner_of(portfolio[name]) for name in things} == {owner_of(portfolio[client])}
    assert owner_of(portfolio["acme"]) != owner_of(portfolio["rose"])


def test_by_relations_a_client_goes_to_whoever_sees_it_already(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    portfolio["rose"].let_see(third.pk)
    Deal.objects.get(pk=portfolio["big"].pk).add_colleague(cast.colleague, by=cast.head, at=now)
    planned(cast, now, cast.colleague, third, way="relations").start(by=again(cast.head), at=now)
    assert owner_of(portfolio["rose"]) == third.pk
    assert owner_of(portfolio["acme"]) == cast.colleague.pk


def test_by_territory_a_client_goes_to_whoever_answers_for_where_it_lies(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    for name, city, person in (("acme", "Riga", third), ("rose", "Oslo", cast.colleague)):
        place = {"kind": "office", "country": "", "postcode": "", "city": city, "street": ""}
        Address.objects.create(account=portfolio[name], **place)
        TerritoryPlace.objects.create(territory=Territory.objects.create(name=city, person=person), city=city)
    planned(cast, now, cast.colleague, third, way="territory").start(by=again(cast.head), at=now)
    assert (owner_of(portfolio["acme"]), owner_of(portfolio["rose"])) == (third.pk, cast.colleague.pk)


def test_a_client_of_somebody_else_stays_theirs_while_the_deal_there_goes(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    theirs = make_account("Theirs", owner=third)
    deal = make_deal("Guest", owner=cast.salesperson, account=theirs)
    planned(cast, now, cast.colleague, third, way="relations").start(by=again(cast.head), at=now)
    assert (owner_of(theirs), owner_of(deal)) == (third.pk, third.pk)


def test_a_pick_beats_the_way_and_what_came_since_is_divided_too(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    draft = planned(cast, now, cast.colleague, third)
    parts = {part.account_id: part for part in draft.parts.all()}  # type: ignore[attr-defined]
    for name in ("acme", "rose"):
        draft.pick({parts[portfolio[name].pk].pk: third.pk}, by=cast.head, at=now)
    late = make_account("Late", owner=cast.salesperson)
    draft.start(by=again(cast.head), at=now)
    assert owner_of(portfolio["acme"]) == owner_of(portfolio["rose"]) == third.pk
    assert owner_of(late) in (cast.colleague.pk, third.pk)
    with pytest.raises(Refused, match="begun"):
        draft.pick({parts[portfolio["acme"].pk].pk: third.pk}, by=cast.head, at=now)


def test_a_pick_of_somebody_who_takes_nothing_over_is_refused(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    draft = planned(cast, now)
    part = draft.parts.first()  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="takes over"):
        draft.pick({part.pk: cast.outsider.pk}, by=cast.head, at=now)


def test_a_day_due_stays_the_day_and_ends_where_the_new_owner_lives(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    for zone, hours in (("Pacific/Pago_Pago", 11), ("Asia/Kolkata", -5.5), ("Pacific/Kiritimati", -14)):
        far = make_user(
            "Far Away", "salesperson", department=cast.sales, time_zone=zone, email=f"{hours}@x.yz"
        )
        before = Task.objects.get(pk=portfolio["task"].pk)
        head = again(cast.head)
        HandOver.plan(before.owner, [far], way="one", by=head, at=now).start(by=head, at=now)
        task = Task.objects.get(pk=before.pk)
        assert (task.owner_id, task.due_on) == (far.pk, before.due_on)
        midnight = datetime.combine(task.due_on + timedelta(days=1), datetime.min.time(), tzinfo=now.tzinfo)
        assert task.due_by == midnight + timedelta(hours=hours)
        standing = TaskPassage.objects.get(task=task, until=None)
        assert (standing.owner_id, standing.since) == (far.pk, now)


def test_one_undo_puts_everything_back_and_lets_who_was_shut_out_in_again(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    before = User.objects.get(pk=cast.salesperson.pk).session_series
    made = planned(cast, now, shuts_out=True).start(by=again(cast.head), at=now)
    person = User.objects.get(pk=cast.salesperson.pk)
    assert not person.is_active
    assert person.session_series > before
    undone = undoing.undo(made, by=cast.head, at=now + timedelta(days=29))
    assert (undone.state, undone.conflicts, undone.skipped) == ("done", 0, 0)
    things = ("acme", "rose", "big", "small", "loose", "task", "meeting", "project", "view")
    assert {name: owner_of(portfolio[name]) for name in things} == dict.fromkeys(things, person.pk)
    assert User.objects.get(pk=person.pk).is_active
    with pytest.raises(Refused, match="undone"):
        undoing.undo(made, by=cast.head, at=now + timedelta(days=29))


def test_what_was_given_on_since_is_a_conflict_and_stays(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    made = planned(cast, now).start(by=again(cast.head), at=now)
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    Account.objects.get(pk=portfolio["acme"].pk).assign(third, by=cast.head, at=now)
    Task.objects.get(pk=portfolio["task"].pk).reassign(third, by=cast.head, at=now)
    Project.objects.get(pk=portfolio["project"].pk).change({"owner": third}, by=cast.head, at=now)
    undone = undoing.undo(made, by=cast.head, at=now)
    kept = ResultRow.objects.filter(change_set=undone, outcome=Outcome.CONFLICT).order_by("pk")
    assert {(row.record, row.object_id, *row.fields) for row in kept} == {
        ("client", portfolio["acme"].pk, "owner_id"),
        ("task", portfolio["task"].pk, "owner_id"),
    }
    assert {owner_of(portfolio[name]) for name in ("acme", "task", "project")} == {third.pk}
    assert owner_of(portfolio["big"]) == cast.salesperson.pk
    left = ResultRow.objects.get(change_set=undone, outcome=Outcome.SKIPPED)
    assert (left.record, left.reason) == ("project", "It belongs to somebody else by now.")


def test_who_was_away_gets_back_what_is_still_with_the_one_who_stood_in(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    draft = planned(cast, now, until=(now + timedelta(days=90)).date())
    made = draft.start(by=again(cast.head), at=now)
    assert User.objects.get(pk=cast.salesperson.pk).is_active
    third = make_user("Tara Lane", "salesperson", department=cast.sales)
    Deal.objects.get(pk=portfolio["small"].pk).assign(third, by=cast.head, at=now)
    Deal.objects.get(pk=portfolio["big"].pk).win(by=cast.colleague, at=now)
    back = draft.give_back(by=cast.head, at=now + timedelta(hours=2))
    assert (back.done, back.skipped) == (made.done - 2, 2)
    assert owner_of(portfolio["acme"]) == owner_of(portfolio["meeting"]) == cast.salesperson.pk
    assert (owner_of(portfolio["small"]), owner_of(portfolio["big"])) == (third.pk, cast.colleague.pk)
    for once_more in (
        lambda: draft.give_back(by=cast.head, at=now),
        lambda: undoing.undo(made, by=cast.head, at=now),
    ):
        with pytest.raises(Refused, match="back already"):
            once_more()


def test_who_leaves_for_good_gets_nothing_back_by_that_button(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    draft = planned(cast, now)
    draft.start(by=again(cast.head), at=now)
    with pytest.raises(Refused, match="for good"):
        draft.give_back(by=cast.head, at=now)


def test_a_head_hands_over_nobody_of_another_department_and_gives_nothing_out_of_reach(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    make_account("Far", owner=cast.outsider)
    with pytest.raises(Refused, match="You may not hand over"):
        HandOver.plan(cast.outsider, [cast.colleague], way="one", by=cast.head, at=now)
    with pytest.raises(Refused, match="You may not give anything to Oscar"):
        planned(cast, now, cast.outsider)
    with pytest.raises(Refused, match="You may not hand over"):
        planned(cast, now, by=cast.colleague)
    assert not HandOver.objects.exists()
    planned(cast, now, cast.outsider, by=cast.admin).start(by=cast.admin, at=now)
    assert owner_of(portfolio["acme"]) == cast.outsider.pk


def test_nonsense_is_refused_with_a_sentence(cast: Cast, portfolio: dict[str, Any], now: datetime) -> None:
    cast.support.deactivate(by=cast.admin, at=now)
    for receivers, parts, why in (
        ([cast.salesperson], {}, "cannot take over from themselves"),
        ([], {"way": "one"}, "Choose who takes over"),
        ([cast.colleague, cast.head], {"way": "one"}, "Choose one person"),
        ([cast.support], {}, "no longer works here"),
        ([cast.colleague], {"until": now.date()}, "a day to come"),
    ):
        with pytest.raises(Refused, match=why):
            HandOver.plan(cast.salesperson, receivers, by=cast.admin, at=now, **{"way": "one", **parts})
    with pytest.raises(Refused, match="nothing to hand over"):
        HandOver.plan(cast.colleague, [cast.salesperson], way="one", by=cast.head, at=now)


def test_a_plan_made_anew_replaces_the_draft_and_starting_twice_is_refused(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    planned(cast, now)
    draft = planned(cast, now)
    assert HandOver.objects.get() == draft
    draft.start(by=again(cast.head), at=now)
    with pytest.raises(Refused, match="begun already"):
        draft.start(by=again(cast.head), at=now)


def test_clients_say_so_and_everybody_concerned_is_told_once(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    drain()
    Notification.objects.all().delete()
    planned(cast, now, by=cast.admin).start(by=cast.admin, at=now)
    told = Event.objects.filter(name="account.entrusted").order_by("pk")
    assert [event.payload["account_id"] for event in told] == [portfolio["acme"].pk, portfolio["rose"].pk]
    drain()
    got = Notification.objects.filter(person=cast.colleague, kind="hand_over.received").get()
    assert got.text.startswith("Clients: 2, Open deals: 3")
    assert Notification.objects.filter(person=cast.colleague).exclude(kind="hand_over.received").count() == 0
    assert Notification.objects.filter(person=cast.head, kind="hand_over.done").count() == 1


def test_more_than_two_hundred_are_given_by_a_worker_who_may_die_in_between(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = make_account("Acme", owner=cast.salesperson)
    for n in range(11):
        make_task(cast.salesperson, f"Call {n}", account=acme)
    monkeypatch.setattr(running, "AT_ONCE", 5)
    monkeypatch.setattr(running, "BATCH", 4)
    made = planned(cast, now).start(by=again(cast.head), at=now)
    assert not ChangeSet.objects.get(pk=made.pk).is_finished
    running.run_due(at=now)
    made.refresh_from_db()
    assert (made.state, made.done) == ("done", 12)
    assert not Task.objects.filter(owner=cast.salesperson).exists()
    assert HandOverPart.objects.count() == 1


def test_a_meeting_given_on_expects_its_new_organiser_and_not_the_one_before(
    cast: Cast, portfolio: dict[str, Any], now: datetime
) -> None:
    planned(cast, now).start(by=again(cast.head), at=now)
    meeting = Meeting.objects.get(pk=portfolio["meeting"].pk)
    assert meeting.occurrences.get().people_ids == [cast.colleague.pk]  # type: ignore[attr-defined]
    assert cast.salesperson.pk in meeting.team_ids


def test_what_somebody_else_got_meanwhile_is_left_alone(
    cast: Cast, portfolio: dict[str, Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 0)
    made = planned(cast, now).start(by=again(cast.head), at=now)
    Deal.objects.get(pk=portfolio["big"].pk).assign(cast.head, by=cast.head, at=now)
    Deal.objects.get(pk=portfolio["small"].pk).win(by=cast.salesperson, at=now)
    running.run_due(at=now)
    said = ResultRow.objects.filter(change_set=made, outcome=Outcome.SKIPPED).order_by("object_id")
    assert [(row.object_id, row.reason) for row in said] == [
        (portfolio["big"].pk, "It belongs to somebody else by now."),
        (portfolio["small"].pk, "It was closed meanwhile, or is gone."),
    ]
