"""Moving work in the planner: looked at first, done together or not at all, and taken back together."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from activities.models import Absence, Task
from activities.replanning import MOST, Before, Move, read_moves, replan, take_back
from activities.testing import make_task
from activities.tests.test_capacity import MONDAY
from foundation.errors import Refused
from foundation.models import Event
from users.calendars import kept
from users.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WEDNESDAY = MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def _monday_morning(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def task(cast):
    return make_task(cast.salesperson, "Send the offer", due_on=MONDAY, estimate=120, at=NOW)


def moved(task, owner=None, day=None):
    return Move(task.pk, owner.pk if owner else 0, day, task.version)


def preview(client, task, **asked):
    return client.get(reverse("activities:planner_preview"), {"task": task.pk, **asked})


def apply(client, *moves, **asked):
    return client.post(
        reverse("activities:planner_apply"), {"apply": [move.said() for move in moves], **asked}
    )


def text(answer):
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def test_a_move_is_shown_before_and_after_and_saves_nothing(cast, client_of, task):
    answer = preview(client_of(cast.head), task, owner=cast.colleague.pk, day=MONDAY.isoformat())
    shown, events = text(answer), Event.objects.count()
    assert answer.status_code == 200
    assert "Sam Porter → Clara Benson" in shown
    assert '<td class="k1">2:00</td><td class="k0">0:00</td><td>8:00</td>' in shown
    assert '<td class="k0">0:00</td><td class="k1">2:00</td><td>8:00</td>' in shown
    task.refresh_from_db()
    assert task.owner_id == cast.salesperson.pk
    assert Event.objects.count() == events


def test_a_drop_on_a_cell_says_person_and_day(cast, client_of, task):
    cell = f"{cast.colleague.pk}.{WEDNESDAY.toordinal()}"
    shown = text(preview(client_of(cast.head), task, c=cell))
    assert "Mon, Nov 23 → Wed, Nov 25" in shown
    assert moved(task, cast.colleague, WEDNESDAY).said() in shown


def test_too_much_work_and_a_leave_are_warned_of_in_words(cast, client_of, task):
    make_task(cast.colleague, due_on=MONDAY, estimate=420, at=NOW)
    client = client_of(cast.head)
    shown = text(preview(client, task, owner=cast.colleague.pk, day=MONDAY.isoformat()))
    assert "Clara Benson would have 9:00 of work for 8:00 of time on Mon, Nov 23, 1:00 too much." in shown
    Absence.objects.create(person=cast.colleague, kind="leave", starts_on=MONDAY, ends_on=WEDNESDAY)
    shown = text(preview(client, task, owner=cast.colleague.pk, day=MONDAY.isoformat()))
    assert "Clara Benson does not work on Mon, Nov 23 (leave)." in shown


def test_a_bad_move_says_why_and_keeps_what_was_chosen(cast, client_of, task):
    client = client_of(cast.head)
    answer = preview(client, task, owner=cast.colleague.pk, day="2026-11-20")
    assert answer.status_code == 422
    assert "Choose today or a later day." in text(answer)
    assert f'<option value="{cast.colleague.pk}" selected>' in text(answer)
    assert preview(client, task, owner=cast.outsider.pk).status_code == 422
    assert preview(client, task, c="x.99999999999").status_code == 422


def test_the_outsider_neither_looks_nor_moves(cast, client_of, task):
    client = client_of(cast.outsider)
    assert preview(client, task).status_code == 403
    assert apply(client, moved(task, cast.outsider)).status_code == 403
    foreign = make_task(cast.outsider, "Zanzibar", due_on=MONDAY, at=NOW)
    head = client_of(cast.head)
    assert preview(head, foreign).status_code == 404
    assert "Zanzibar" not in text(apply(head, moved(foreign, cast.head)))
    foreign.refresh_from_db()
    assert foreign.owner_id == cast.outsider.pk


def test_several_moves_are_made_at_once_and_taken_back_at_once(cast, client_of, task):
    other = make_task(cast.colleague, "Call them", due_at=NOW + timedelta(hours=5), at=NOW)
    client = client_of(cast.head)
    answer = apply(client, moved(task, cast.colleague), moved(other, cast.salesperson, WEDNESDAY))
    assert answer.status_code == 302
    (said,) = get_messages(answer.wsgi_request)
    assert "2 tasks moved" in str(said)
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.owner, task.due_on) == (cast.colleague, MONDAY)
    assert (other.owner, other.due_at) == (cast.salesperson, NOW + timedelta(days=2, hours=5))
    assert client.post(said.extra_tags.removeprefix("undo:")).status_code == 302
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.owner, other.owner) == (cast.salesperson, cast.colleague)
    assert other.due_at == NOW + timedelta(hours=5)
    assert other.due_on is None


def test_one_that_cannot_be_moved_any_more_is_named_and_nothing_is_half_done(cast, client_of, task):
    closed = make_task(cast.salesperson, "Done meanwhile", due_on=MONDAY, at=NOW)
    changed = make_task(cast.salesperson, "Changed meanwhile", due_on=MONDAY, at=NOW)
    later = make_task(cast.salesperson, "Begins later", starts_on=WEDNESDAY, due_on=WEDNESDAY, at=NOW)
    moves = [moved(each, cast.colleague) for each in (task, closed, changed)] + [moved(later, None, MONDAY)]
    closed.finish(by=cast.salesperson, at=NOW)
    changed.change({"title": "Changed meanwhile"}, by=cast.salesperson, at=NOW)
    changed.change({"estimate": 5}, by=cast.salesperson, at=NOW)
    answer = apply(client_of(cast.head), *moves)
    assert answer.status_code == 422
    for name in ("Done meanwhile", "Changed meanwhile", "Begins later"):
        assert name in text(answer)
    assert set(Task.objects.open().values_list("owner", flat=True)) == {cast.salesperson.pk}


def test_rights_must_reach_each_task(cast, task):
    grants = cast.head.roles.get().grants
    grants.filter(verb="activities.assign").update(scope="own")
    limited = User.objects.with_policy().get(pk=cast.head.pk)
    with pytest.raises(Refused, match="You may not give it to somebody else"):
        replan([moved(task, cast.colleague)], by=limited, at=NOW)
    grants.filter(verb="activities.change").update(scope="own")
    limited = User.objects.with_policy().get(pk=cast.head.pk)
    with pytest.raises(Refused, match="You may not change it"):
        replan([moved(task, None, WEDNESDAY)], by=limited, at=NOW)
    with pytest.raises(Refused, match="do not plan the work"):
        replan([moved(task, cast.outsider)], by=cast.head, at=NOW)


def test_what_somebody_changed_since_is_not_taken_back(cast, task):
    (before,) = replan([moved(task, cast.colleague)], by=cast.head, at=NOW)
    task.refresh_from_db()
    task.change({"estimate": 15}, by=cast.colleague, at=NOW)
    with pytest.raises(Refused, match="Send the offer"):
        take_back([before], by=cast.head, at=NOW)
    task.refresh_from_db()
    assert task.owner == cast.colleague
    assert isinstance(before, Before)


def test_a_forged_undo_is_refused(cast, client_of):
    answer = client_of(cast.head).post(reverse("activities:planner_undo") + "?moved=nonsense")
    assert answer.status_code == 422


def test_a_draft_plan_survives_in_its_address_and_changes_nothing(cast, client_of, task):
    client = client_of(cast.head)
    address = {"move": moved(task, cast.colleague).said(), "draft": "1"}
    shown = text(client.get(reverse("activities:planner"), address))
    assert "Draft plan" in shown
    assert "0:00\n/ 8:00\nwas 2:00" in shown
    assert "2:00\n/ 8:00\nwas 0:00" in shown
    behind = text(
        client.get(
            reverse("activities:planner_cell"),
            {"c": f"{cast.colleague.pk}.{MONDAY.toordinal()}", **address},
        )
    )
    assert "Send the offer" in behind
    assert "in the draft plan" in behind
    task.refresh_from_db()
    assert task.owner == cast.salesperson


def test_a_move_made_now_leaves_the_rest_of_the_draft(cast, client_of, task):
    other = make_task(cast.salesperson, "Other", due_on=MONDAY, at=NOW)
    kept_move = moved(other, cast.colleague).said()
    answer = apply(client_of(cast.head), moved(task, cast.colleague), move=[kept_move], draft="1")
    assert answer.url == f"{reverse('activities:planner')}?draft=1&move={kept_move}"


def test_a_draft_says_which_of_its_moves_no_longer_work(cast, client_of, task):
    move = moved(task, cast.colleague)
    task.change({"estimate": 30}, by=cast.salesperson, at=NOW)
    foreign = make_task(cast.outsider, "Zanzibar", due_on=MONDAY, at=NOW)
    asked = {"move": [move.said(), moved(foreign, cast.head).said(), "nonsense"]}
    shown = text(client_of(cast.head).get(reverse("activities:planner"), asked))
    assert "It was changed meanwhile." in shown
    assert "1 task of the plan is no longer there" in shown
    assert "Zanzibar" not in shown


@pytest.mark.parametrize(
    "said", ["", "1", "a.b.c.d", "1.0.0.1", "1.2.20261399.1", "1.2.0.0", "-1.2.0.1", "9" * 70, "1.2.0.1.5"]
)
def test_made_up_moves_are_not_read(said):
    assert Move.read(said) is None


def test_moves_are_read_once_for_each_task_and_only_so_many():
    move = Move(1, 2, MONDAY, 3)
    assert Move.read(move.said()) == move
    assert read_moves(["1.5.0.1", move.said()]) == [move]
    assert len(read_moves([Move(key, 2, None, 1).said() for key in range(1, 99)])) == MOST
