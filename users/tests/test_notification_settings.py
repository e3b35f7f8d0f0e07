"""What I am told, and how: the matrix, quiet hours and digests."""

from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client

from foundation.testing import assert_query_count
from users.models import NotificationChoice, NotificationSettings, User
from users.notifications import choices
from users.testing import Cast

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
URL = "/notifications/settings/"
DEFAULTS = {
    "has_morning": "on",
    "has_monday": "on",
    "digest_at": "08:30",
    "quiet_from": "",
    "quiet_until": "",
}


def test_i_see_the_matrix_with_what_is_on(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.head)
    with assert_query_count("settings of notifications"):
        page = client.get(URL).content.decode()
    assert "Reminder of a task" in page
    assert 'value="task.reminder:push"' in page
    assert "Monday digest" in page
    assert "Monday digest" not in client_of(cast.salesperson).get(URL).content.decode()


def test_what_i_tick_is_what_i_get(cast: Cast, client_of: ClientOf) -> None:
    wish = ["task.reminder:mail", "task.assigned:app"]
    answer = client_of(cast.salesperson).post(
        URL, DEFAULTS | {"wish": wish, "quiet_from": "22:00", "quiet_until": "07:00"}
    )
    assert answer.status_code == 302
    found = choices.wishes([cast.salesperson.pk], ["task.reminder", "task.assigned", "task.nudged"])
    assert [set(ways) for ways in found.values()] == [{"mail"}, {"app"}, set()]
    kept = NotificationSettings.objects.get(pk=cast.salesperson.pk)
    assert (kept.quiet_from, kept.quiet_until) == (time(22), time(7))
    assert not NotificationChoice.objects.exclude(person=cast.salesperson).exists()


def test_half_of_quiet_hours_is_refused_and_what_was_typed_stays(cast: Cast, client_of: ClientOf) -> None:
    sent = DEFAULTS | {"quiet_from": "22:00", "wish": ["task.nudged:mail"]}
    answer = client_of(cast.salesperson).post(URL, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "or leave both empty" in page
    assert 'value="22:00"' in page
    assert not NotificationChoice.objects.exists()
    same = client_of(cast.salesperson).post(URL, DEFAULTS | {"quiet_from": "22:00", "quiet_until": "22:00"})
    assert same.status_code == 422


def test_a_kind_that_does_not_exist_is_refused(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.salesperson).post(URL, DEFAULTS | {"wish": ["nothing:mail"]})
    assert answer.status_code == 422


def test_strangers_sign_in_first(cast: Cast) -> None:
    assert Client().get(URL).url.startswith("/account/login/")
