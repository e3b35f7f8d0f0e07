"""The tree of departments: paths follow moves, nothing goes round in a circle, two moves at once are safe."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Refused
from foundation.models import Event, EventSubject
from users.models import Department, User
from users.models.department import MAX_LEVELS, lock_tree
from users.testing import Cast, make_user

# A tree of n departments as one parent number each (smaller than its own), then moves (who, under whom).
TREES = st.integers(2, 8).flatmap(
    lambda n: st.tuples(
        st.tuples(*(st.integers(-1, place - 1) for place in range(n))),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(-1, n - 1)), max_size=6),
    )
)


def line_of(parents: list[int], place: int) -> list[int]:
    """The oracle: walk up by parents, recursively."""
    return [] if place == -1 else [*line_of(parents, parents[place]), place]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=TREES)
def test_paths_follow_every_move_and_no_move_makes_a_circle(tree: Any) -> None:
    parents, moves = list(tree[0]), tree[1]
    with transaction.atomic():
        robot, now = User.objects.robot(), timezone.now()
        made: list[Department] = []
        for place, parent in enumerate(parents):
            above = made[parent] if parent >= 0 else None
            made.append(Department.create(name=f"Number {place}", parent=above, by=robot, at=now))
        for who, under in moves:
            circular = under != -1 and who in line_of(parents, under)
            target = Department.objects.get(pk=made[under].pk) if under >= 0 else None
            try:
                with transaction.atomic():
                    made[who].change({"parent": target}, by=robot, at=now)
                assert not circular
                parents[who] = under
            except Refused:
                assert circular
        stored = dict(Department.objects.values_list("pk", "path"))
        assert stored == {
            made[place].pk: f"/{'/'.join(str(made[each].pk) for each in line_of(parents, place))}/"
            for place in range(len(parents))
        }
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_move_tells_from_where_to_where_and_the_timeline_shows_it(cast: Cast) -> None:
    cast.elsewhere.change({"parent": cast.sales}, by=cast.admin, at=timezone.now())
    told = Event.objects.get(name="department.moved")
    assert told.fact.sentence() == "Export moved from “Romashka” to “Sales”"
    assert EventSubject.objects.filter(
        kind="department", subject_id=cast.elsewhere.pk, event_id=told.pk
    ).exists()


@pytest.mark.django_db
def test_a_new_head_is_told_to_both_people(cast: Cast) -> None:
    cast.sales.change({"head": cast.salesperson}, by=cast.admin, at=timezone.now())
    told = Event.objects.get(name="department.changed")
    people = set(
        EventSubject.objects.filter(kind="user", event_id=told.pk).values_list("subject_id", flat=True)
    )
    assert people == {cast.head.pk, cast.salesperson.pk}


@pytest.mark.django_db
def test_saving_without_a_change_tells_nothing(cast: Cast) -> None:
    before = Event.objects.count()
    cast.sales.change({"parent": cast.sales.parent, "name": "Sales"}, by=cast.admin, at=timezone.now())
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_a_name_is_taken_once_below_one_parent(cast: Cast) -> None:
    with pytest.raises(Refused, match="called Sales there already"):
        Department.create(name="Sales", parent=cast.sales.parent, by=cast.admin, at=timezone.now())
    Department.create(name="Sales", parent=cast.elsewhere, by=cast.admin, at=timezone.now())


@pytest.mark.django_db
def test_a_tower_of_departments_is_refused_in_words(cast: Cast) -> None:
    above = cast.elsewhere
    for level in range(above.depth + 1, MAX_LEVELS):
        above = Department.create(name=f"Level {level}", parent=above, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="nested at most 12"):
        Department.create(name="One more", parent=above, by=cast.admin, at=timezone.now())
    with pytest.raises(Refused, match="nested at most 12"):
        cast.elsewhere.change({"parent": cast.sales}, by=cast.admin, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_make_a_circle() -> None:
    """A below B, and at the same moment B below A: one of them is told no."""
    robot, now = User.objects.robot(), timezone.now()
    a, b = (Department.create(name=name, parent=None, by=robot, at=now) for name in "AB")
    answers: list[str] = []

    def move(which: Department, under: Department) -> None:
        try:
            which.change({"parent": Department.objects.get(pk=under.pk)}, by=robot, at=now)
            answers.append("done")
        except Refused:
            answers.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        lock_tree()  # both wait here, having read the tree as it was
        threads = [threading.Thread(target=move, args=pair) for pair in ((a, b), (b, a))]
        for thread in threads:
            thread.start()
        wait_for_waiting(2)
    for thread in threads:
        thread.join(10)
    assert sorted(answers) == ["done", "refused"]
    top = Department.objects.get(parent=None)
    below = Department.objects.get(parent=top)
    assert (top.path, below.path) == (f"/{top.pk}/", f"/{top.pk}/{below.pk}/")


def wait_for_waiting(n: int) -> None:
    for _attempt in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0] >= n:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("Nobody waits for the lock of the tree.")


@pytest.mark.django_db
def test_a_head_of_several_departments_reaches_each_with_all_below(cast: Cast) -> None:
    below = Department.objects.create(name="Customs", parent=cast.elsewhere)
    deeper = Department.objects.create(name="Papers", parent=below)
    clerk = make_user("Paul Reed", "salesperson", department=deeper)
    assert clerk.pk not in cast.head.reach("deals.view").people
    cast.elsewhere.change({"head": cast.head}, by=cast.admin, at=timezone.now())
    reached = again(cast.head).reach("deals.view").people
    assert {clerk.pk, cast.outsider.pk, cast.salesperson.pk, cast.head.pk} <= reached
    assert cast.accountant.pk not in reached


@pytest.mark.django_db
def test_a_department_whose_number_begins_with_another_is_not_below_it(cast: Cast) -> None:
    """/1/2/ is no prefix of /1/23/: the stroke at the end is part of the path."""
    near = Department(name="Near", parent=cast.sales.parent, pk=cast.sales.pk * 10 + 1)
    near.save(force_insert=True)
    stranger = make_user("Nora Stone", "salesperson", department=near)
    assert stranger.pk not in again(cast.head).reach("deals.view").people


def again(user: User) -> Any:
    return User.objects.with_policy().get(pk=user.pk)
