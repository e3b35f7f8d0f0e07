"""Undo: put back what still stands as it was left, show what somebody changed since."""

from datetime import timedelta

import pytest

from changes import running, undoing
from changes.models import ChangeKind, ChangeSet, ChangeState, Outcome, ResultRow, TrashEntry
from changes.recording import change_set
from changes.restoring import compared, restorer_of
from changes.tests.conftest import Room
from foundation.errors import Refused
from foundation.models import Event
from users.testing import Cast

pytestmark = pytest.mark.django_db


def test_every_history_row_written_inside_carries_the_key_and_none_outside(room: Room, cast: Cast) -> None:
    room.accounts[0].change({"name": "Acme & Sons"}, by=cast.head, at=room.now)

    found = compared(restorer_of("client"), room.given, [each.pk for each in room.accounts])

    assert {key: [each.name for each in change.fields] for key, change in found.items()} == {
        account.pk: ["owner_id", "team_ids"] for account in room.accounts
    }
    assert (room.given.done, room.given.skipped) == (2, 1)
    assert room.given.is_done


def test_a_set_inside_another_keeps_its_own_rows(room: Room, cast: Cast) -> None:
    with change_set(ChangeKind.AUTOMATION, title="Outer", by=cast.head, at=room.now) as outer:
        room.accounts[0].change({"name": "First"}, by=cast.head, at=room.now)
        with change_set(ChangeKind.AUTOMATION, title="Inner", by=cast.head, at=room.now) as inner:
            room.accounts[0].change({"employees": 7}, by=cast.head, at=room.now)
        room.accounts[1].change({"name": "Second"}, by=cast.head, at=room.now)

    assert (outer.change_set.done, inner.change_set.done) == (2, 1)


def test_undo_puts_everything_back_through_the_verbs_and_is_a_set_itself(room: Room, cast: Cast) -> None:
    made = undoing.undo(room.given, by=cast.head, at=room.now)

    for account in room.accounts:
        account.refresh_from_db()
    assert {account.owner_id for account in room.accounts} == {cast.salesperson.pk}
    made.refresh_from_db()
    assert (made.kind, made.state, made.done, made.conflicts) == ("undo", ChangeState.DONE, 2, 0)
    assert Event.objects.filter(name="account.assigned", actor_id=cast.head.pk).count() == 4


def test_what_somebody_changed_since_is_a_conflict_and_is_left_alone(room: Room, cast: Cast) -> None:
    room.accounts[0].assign(cast.head, by=cast.head, at=room.now)

    made = undoing.undo(room.given, by=cast.head, at=room.now)

    made.refresh_from_db()
    room.accounts[0].refresh_from_db()
    assert (made.done, made.conflicts) == (1, 1)
    assert room.accounts[0].owner_id == cast.head.pk
    row = ResultRow.objects.get(change_set=made, outcome=Outcome.CONFLICT)
    assert (row.object_id, row.fields) == (room.accounts[0].pk, ["owner_id"])


def test_a_conflict_is_put_back_where_a_person_chooses_so(room: Room, cast: Cast) -> None:
    room.accounts[0].assign(cast.head, by=cast.head, at=room.now)
    made = undoing.undo(room.given, by=cast.head, at=room.now)
    row = ResultRow.objects.get(change_set=made, outcome=Outcome.CONFLICT)

    undoing.resolve(made, {row.pk: ["owner_id"]}, by=cast.head, at=room.now)

    made.refresh_from_db()
    room.accounts[0].refresh_from_db()
    assert room.accounts[0].owner_id == cast.salesperson.pk
    assert (made.done, made.conflicts) == (2, 0)


def test_another_field_changed_since_is_no_conflict_and_stays(room: Room, cast: Cast) -> None:
    room.accounts[0].change({"name": "Acme & Sons"}, by=cast.head, at=room.now)

    undoing.undo(room.given, by=cast.head, at=room.now)

    room.accounts[0].refresh_from_db()
    assert (room.accounts[0].owner_id, room.accounts[0].name) == (cast.salesperson.pk, "Acme & Sons")


def test_an_edit_by_somebody_between_two_steps_of_a_set_is_not_undone_with_it(room: Room, cast: Cast) -> None:
    from changes.recording import recording

    account = room.accounts[0]
    made = ChangeSet.begin(ChangeKind.AUTOMATION, title="Two steps", by=cast.head, at=room.now)
    with recording(made):
        account.change({"employees": 7}, by=cast.head, at=room.now)
    account.change({"name": "Acme & Sons"}, by=cast.head, at=room.now)
    with recording(made):
        account.change({"employees": 8}, by=cast.head, at=room.now)
    made.finish({"client": 1}, by=cast.head, at=room.now)

    undoing.undo(made, by=cast.head, at=room.now)

    account.refresh_from_db()
    assert (account.employees, account.name) == (None, "Acme & Sons")


def test_a_second_undo_is_refused_with_who_was_first(room: Room, cast: Cast) -> None:
    undoing.undo(room.given, by=cast.head, at=room.now)

    with pytest.raises(Refused, match="Helena Marsh has undone these changes already"):
        undoing.undo(room.given, by=cast.admin, at=room.now)


def test_an_undo_can_be_undone_itself(room: Room, cast: Cast) -> None:
    made = undoing.undo(room.given, by=cast.head, at=room.now)

    undoing.undo(made, by=cast.head, at=room.now)

    room.accounts[0].refresh_from_db()
    assert room.accounts[0].owner_id == cast.colleague.pk


def test_after_thirty_days_it_is_too_late(room: Room, cast: Cast) -> None:
    made = undoing.undo(room.given, by=cast.head, at=room.now + timedelta(days=29, hours=23))
    with pytest.raises(Refused, match="30 days"):
        undoing.undo(made, by=cast.head, at=room.now + timedelta(days=61))


def test_only_its_maker_or_an_administrator_may_undo_it(room: Room, cast: Cast) -> None:
    with pytest.raises(Refused, match="Only whoever made these changes"):
        undoing.undo(room.given, by=cast.salesperson, at=room.now)
    undoing.undo(room.given, by=cast.admin, at=room.now)


def test_records_the_person_may_no_longer_change_are_left_out(room: Room, cast: Cast) -> None:
    room.accounts[0].__class__.objects.filter(pk=room.accounts[0].pk).update(team_ids=[cast.outsider.pk])

    made = undoing.undo(room.given, by=cast.head, at=room.now)

    made.refresh_from_db()
    assert (made.done, made.skipped) == (1, 1)


def test_a_record_made_by_the_set_goes_into_the_trash(cast: Cast, room: Room) -> None:
    from accounts.testing import make_account

    with change_set(ChangeKind.IMPORT, title="File", by=cast.head, at=room.now) as changes:
        newcomer = make_account("Newcomer", owner=cast.head, at=room.now)

    made = undoing.undo(changes.change_set, by=cast.head, at=room.now)

    row = ResultRow.objects.get(change_set=made)
    assert row.outcome == Outcome.DONE
    assert TrashEntry.objects.get(change_set=made).record_id == newcomer.pk


def test_a_big_one_waits_for_a_worker_that_goes_on_where_another_died(
    room: Room, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    monkeypatch.setattr(running, "BATCH", 1)
    made = undoing.undo(room.given, by=cast.head, at=room.now)
    assert made.state == ChangeState.QUEUED
    real, calls = running._steps[undoing.WORK], []

    def dies_at_the_second(*arguments: object, **named: object) -> object:
        calls.append(1)
        results = real(*arguments, **named)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as a worker that is killed: nothing of its batch stays
        return results

    monkeypatch.setitem(running._steps, undoing.WORK, dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        running.run_due(at=room.now)
    made.refresh_from_db()
    assert (made.state, made.done) == (ChangeState.RUNNING, 1)

    running.run_due(at=room.now)

    made.refresh_from_db()
    assert (made.state, made.done) == (ChangeState.DONE, 2)
    assert Event.objects.filter(name="account.assigned").count() == 4


def test_a_set_that_ends_its_worker_each_time_is_given_up(
    room: Room, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    made = undoing.undo(room.given, by=cast.head, at=room.now)
    ChangeSet.objects.filter(pk=made.pk).update(attempts=5)

    running.run_due(at=room.now)

    made.refresh_from_db()
    assert made.state == ChangeState.FAILED
    assert "ended its worker" in made.error


def test_a_step_that_breaks_leaves_a_sentence_and_what_was_done(
    room: Room, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    made = undoing.undo(room.given, by=cast.head, at=room.now)

    def broken(*_arguments: object, **_named: object) -> object:
        raise ValueError

    monkeypatch.setitem(running._steps, undoing.WORK, broken)
    running.run_due(at=room.now)

    made.refresh_from_db()
    assert made.state == ChangeState.FAILED
    assert "broke off" in made.error
