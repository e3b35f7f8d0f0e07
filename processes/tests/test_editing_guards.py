"""How often a process begins: set in its settings, read back as sentences, and kept to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from foundation.errors import Refused
from processes import operations
from processes.models import Process, Run
from processes.running import starting
from processes.testing import block, make_process
from processes.tests.conftest import OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]


@pytest.fixture
def process(cast: Cast) -> Process:
    return make_process([block("task", "Call", who=OWNER)], name="Call")


def send(client: Any, process: Process, **said: Any) -> Any:
    process.refresh_from_db()
    usual = {"name": "Call", "owner": "", "priority": "0", "most_begun_in": "week", "is_single": "on"}
    sent = {"revision": process.draft_revision, **usual, **said}
    return client.post(reverse("processes:design_part", args=[process.pk, "settings"]), sent)


def test_the_settings_are_kept_and_read_back_as_sentences(
    cast: Cast, client_of: ClientOf, process: Process
) -> None:
    client = client_of(cast.head)
    said = {
        "most_begun": "3",
        "pause_days": "30",
        "daily_cap": "50",
        "priority": "5",
        "review_on": "2027-03-01",
    }
    assert send(client, process, **said).status_code == 302
    page = client.get(reverse("processes:design", args=[process.pk])).content.decode()
    for words in (
        "One at a time. It begins again after 30 days.",
        "At most 3 times in 7 days. After 50 beginnings in a day it pauses",
        "Goes before others (5).",
        "It is looked at again on",
    ):
        assert words in page
    send(client, process, is_single="", daily_cap="")
    page = client.get(reverse("processes:design", args=[process.pk])).content.decode()
    for words in ("Several may be under way at once.", "As often as something begins it.", "As usual."):
        assert words in page


def test_never_is_not_a_frequency(cast: Cast, client_of: ClientOf, process: Process) -> None:
    answer = send(client_of(cast.head), process, most_begun="0")
    assert (answer.status_code, "it would never begin" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("span", "days"), [("day", 1), ("week", 7), ("month", 30)])
def test_no_more_begin_in_the_time_than_may_and_nothing_is_paused(
    cast: Cast, process: Process, span: str, days: int
) -> None:
    process.most_begun, process.most_begun_in = 2, span
    process.save()
    now = timezone.now()

    def begin(at: Any) -> Run | None:
        with transaction.atomic():
            deal = make_deal("Pond", owner=cast.salesperson)
            return starting.begin(process, deal.pk, by=cast.salesperson, at=at)

    assert begin(now) is not None
    assert begin(now + timedelta(hours=1)) is not None
    assert begin(now + timedelta(days=days) - timedelta(hours=1)) is None
    process.refresh_from_db()
    assert process.is_on
    assert begin(now + timedelta(days=days, minutes=1)) is not None


def test_the_guards_go_with_an_exported_process(cast: Cast, process: Process) -> None:
    process.most_begun, process.most_begun_in = 4, "month"
    process.save()
    said = operations.exported(process.key)
    copy = operations.import_json(said, by=cast.head, at=timezone.now())
    assert (copy.most_begun, copy.most_begun_in) == (4, "month")
    del said["most_begun"], said["most_begun_in"]
    copy = operations.import_json(said, by=cast.head, at=timezone.now())
    assert copy.most_begun is None


def test_who_begins_it_by_hand_is_told_that_it_began_often_enough(cast: Cast, process: Process) -> None:
    process.most_begun = 1
    process.save()
    first, second = (make_deal(name, owner=cast.salesperson) for name in ("Pond", "Hedge"))
    operations.start(process, first.pk, by=cast.salesperson, at=timezone.now())
    with pytest.raises(Refused):
        operations.start(process, second.pk, by=cast.salesperson, at=timezone.now())
