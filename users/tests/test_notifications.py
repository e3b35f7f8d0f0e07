"""Telling people: to whom, in which words, how many rows, and a counter that is never wrong."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.testing import assert_query_count
from users.models import Notification, NotificationChoice, Sending, User
from users.notifications import Action, NotificationKind, choices, counting, inbox, kinds, notify, register
from users.notifications.kinds import _kinds
from users.testing import Cast, make_user

ClientOf = Callable[[User], Client]
NOW = timezone.now().replace(microsecond=0)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_kinds() -> Iterator[None]:
    before = dict(_kinds)
    register(NotificationKind("test.told", "Something told"))
    register(NotificationKind("test.mailed", "Something mailed", channels=frozenset({"app", "mail"})))
    register(
        NotificationKind(
            "test.urgent",
            "Something urgent",
            is_urgent=True,
            is_grouped=False,
            actions=lambda key: [Action("Later", f"/tasks/{key}/snooze/", "clock", (("until", "1h"),))],
        )
    )
    yield
    _kinds.clear()
    _kinds.update(before)


def tell(
    *people: User, kind: str = "test.told", title: str = "Told", by: User | None = None, at=NOW, **more
) -> int:
    more = {"url": "/tasks/7/", "subject": ("task", 7)} | more
    return notify(kind, people, lambda: (title, "why"), by=by, at=at, **more)


def unread_of(person: User) -> int:
    return User.objects.values_list("unread", flat=True).get(pk=person.pk)


def test_whoever_did_it_is_never_told_and_nobody_who_left(cast: Cast) -> None:
    User.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    assert tell(cast.salesperson, cast.head, cast.colleague, cast.robot, by=cast.head) == 1
    told = Notification.objects.get()
    assert (told.person, told.title, told.text, told.actor_name) == (
        cast.salesperson,
        "Told",
        "why",
        "Helena Marsh",
    )
    assert unread_of(cast.salesperson) == 1


def test_each_is_told_in_their_own_language(cast: Cast) -> None:
    User.objects.filter(pk=cast.head.pk).update(language="ru")
    notify("test.told", [cast.head, cast.salesperson], lambda: (_("Deals"), ""), url="/", by=None, at=NOW)
    assert dict(Notification.objects.values_list("person__name", "title")) == {
        "Helena Marsh": "Сделки",
        "Sam Porter": "Deals",
    }


def test_several_on_one_record_within_five_minutes_are_one_with_the_newest_words(cast: Cast) -> None:
    for minute in range(4):
        tell(cast.salesperson, title=f"Told {minute}", at=NOW + timedelta(minutes=minute))
    told = Notification.objects.get()
    assert (told.title, told.count, told.at) == ("Told 3", 4, NOW + timedelta(minutes=3))
    assert unread_of(cast.salesperson) == 1
    tell(cast.salesperson, at=NOW + timedelta(minutes=9))
    tell(cast.salesperson, at=NOW + timedelta(minutes=9), subject=("task", 8))
    assert Notification.objects.count() == unread_of(cast.salesperson) == 3


def test_what_was_read_begins_anew(cast: Cast) -> None:
    tell(cast.salesperson)
    inbox.read_about(cast.salesperson, ("task", 7), at=NOW)
    tell(cast.salesperson, at=NOW + timedelta(minutes=1))
    assert Notification.objects.count() == 2
    assert unread_of(cast.salesperson) == 1


def test_an_urgent_kind_has_a_row_of_its_own(cast: Cast) -> None:
    for _each in range(2):
        tell(cast.salesperson, kind="test.urgent")
    assert Notification.objects.count() == 2


def test_a_muted_record_is_silent_but_for_its_reminders(cast: Cast) -> None:
    choices.mute(cast.salesperson, ("task", 7))
    assert tell(cast.salesperson, cast.head) == 1
    assert tell(cast.salesperson, subject=("task", 8)) == 1
    assert tell(cast.salesperson, kind="test.urgent") == 1


def test_a_channel_switched_off_is_not_used_and_without_any_nothing_is_told(cast: Cast) -> None:
    choices.choose(cast.salesperson, {("test.mailed", "mail")})
    tell(cast.salesperson, kind="test.mailed")
    assert unread_of(cast.salesperson) == 0
    assert Notification.objects.get().read_at == NOW
    assert Sending.objects.get().person == cast.salesperson
    assert tell(cast.salesperson, kind="test.told", subject=("task", 9)) == 0


def test_a_choice_like_the_proposal_leaves_no_row(cast: Cast) -> None:
    proposed = {(kind.key, channel) for kind in kinds() for channel in kind.channels}
    choices.choose(cast.salesperson, proposed)
    assert not NotificationChoice.objects.exists()


def test_the_counter_is_that_of_the_rows_after_everything(cast: Cast) -> None:
    for number in range(6):
        tell(cast.salesperson, cast.head, subject=("task", number), url=f"/tasks/{number}/")
    inbox.read_at_page(cast.salesperson, "/tasks/3/?tab=1", at=NOW)
    inbox.read(cast.salesperson, at=NOW, kind="test.urgent")
    first = Notification.objects.filter(person=cast.salesperson, url="/tasks/3/").get()
    inbox.unread(cast.salesperson, first.pk)
    inbox.unread(cast.salesperson, first.pk)
    assert unread_of(cast.salesperson) == 6
    assert inbox.read(cast.head, at=NOW) == 6
    assert unread_of(cast.head) == 0
    assert counting.recounted() == {}


def test_a_person_read_earlier_does_not_undo_the_counter(cast: Cast) -> None:
    before = User.objects.get(pk=cast.salesperson.pk)
    tell(cast.salesperson)
    before.set_password("another password")
    before.save()
    assert unread_of(cast.salesperson) == 1


def test_telling_many_people_costs_as_many_statements_as_telling_one(cast: Cast) -> None:
    people = [make_user(f"Person{number} X") for number in range(30)]
    with assert_query_count("telling thirty people"):
        tell(*people)
    assert Notification.objects.count() == 30


def test_old_ones_are_forgotten(cast: Cast) -> None:
    tell(cast.salesperson, at=NOW - timedelta(days=400), subject=("task", 1))
    tell(cast.salesperson, at=NOW - timedelta(days=10), subject=("task", 2))
    inbox.forget_old(at=NOW)
    assert unread_of(cast.salesperson) == 1
    assert counting.recounted() == {}
    inbox.forget_old(at=NOW + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_the_counter_holds_while_many_tell_and_read_at_once() -> None:
    people = [make_user(f"Person{number} X") for number in range(4)]

    def work(number: int) -> None:
        try:
            for turn in range(8):
                tell(*people[:: (-1) ** number], subject=("task", (number + 1) * 100 + turn))
                tell(*people, subject=("task", 5))
                inbox.read(people[turn % 4], at=NOW, subject_id=(number + 1) * 100 + turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert counting.recounted() == {}
    assert Notification.objects.filter(subject_id=5).count() == 4
    assert set(Notification.objects.filter(subject_id=5).values_list("count", flat=True)) == {32}


def test_my_list_shows_mine_newest_first(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson, title="Older", subject=("task", 1))
    tell(cast.salesperson, title="Newer", subject=("task", 2), at=NOW + timedelta(minutes=1))
    tell(cast.head, title="Of the head", subject=("task", 3))
    client = client_of(cast.salesperson)
    with assert_query_count("list of notifications"):
        page = client.get("/notifications/").content.decode()
    assert page.index("Newer") < page.index("Older")
    assert "Of the head" not in page


def test_the_list_narrows_to_a_kind_and_to_what_is_unread(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson, title="Plain", subject=("task", 1))
    tell(cast.salesperson, title="Hurry", kind="test.urgent", subject=("task", 2))
    client = client_of(cast.salesperson)
    assert "Plain" not in client.get("/notifications/?kind=test.urgent").content.decode()
    client.post("/notifications/read/", {"kind": "test.urgent"})
    unread = client.get("/notifications/?unread=1").content.decode()
    assert "Plain" in unread
    assert "Hurry" not in unread
    assert "Nothing of this kind" in client.get("/notifications/?unread=1&kind=test.urgent").content.decode()


def test_nobody_marks_what_is_anothers(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson)
    told = Notification.objects.get()
    client = client_of(cast.outsider)
    client.post("/notifications/read/", {"pk": told.pk})
    assert client.post("/notifications/read/", {"pk": told.pk, "unread": "1"}).status_code == 404
    client.post("/notifications/seen/", {"path": "/tasks/7/"})
    assert unread_of(cast.salesperson) == 1


def test_opening_the_page_it_leads_to_reads_it(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson)
    answer = client_of(cast.salesperson).post("/notifications/seen/", {"path": "/tasks/7/"}).content.decode()
    assert 'data-unread="0"' in answer


def test_the_bell_says_how_many_and_asks_only_for_the_person(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson)
    client = client_of(cast.salesperson)
    with assert_query_count("bell, nothing new"):
        assert 'data-unread="1"' in client.get("/notifications/bell/?n=1").content.decode()


def test_an_urgent_one_pops_up_with_what_can_be_done(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson, title="Call Ivan now", kind="test.urgent", at=timezone.now())
    answer = client_of(cast.salesperson).get("/notifications/bell/?n=0").content.decode()
    assert "Call Ivan now" in answer
    assert "/tasks/7/snooze/" in answer


def test_the_panel_shows_the_latest(cast: Cast, client_of: ClientOf) -> None:
    tell(cast.salesperson)
    client = client_of(cast.salesperson)
    with assert_query_count("panel of the bell"):
        assert "Told" in client.get("/notifications/panel/", headers={"HX-Request": "true"}).content.decode()
    assert client.get("/notifications/panel/").url == "/notifications/"


def test_a_record_is_muted_and_heard_of_again(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.salesperson)
    client.post("/notifications/mute/", {"subject": "task:7", "title": "Offer", "url": "//evil.example"})
    assert tell(cast.salesperson) == 0
    page = client.get("/notifications/settings/").content.decode()
    assert "Offer" in page
    assert "evil.example" not in page
    client.post("/notifications/mute/", {"subject": "task:7", "muted": "0", "next": "settings"})
    assert tell(cast.salesperson) == 1
    assert client.post("/notifications/mute/", {"subject": "task:x"}).status_code == 422
