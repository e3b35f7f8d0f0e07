"""My day's section of processes: what waits for me and my roles, in one statement."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activities.my_day import MOST, filled
from crm import process_work
from deals.testing import make_deal
from processes import operations
from processes.models import WorkItem
from processes.testing import block, make_process
from users.models import User
from users.testing import Cast

OWNER = {"kind": "owner"}


def begun(cast: Cast, who: Any, *, times: int = 1) -> None:
    process = make_process(
        [block("approval", "Approve the offer", who=who, declined=[], returned=[])], name="Offer"
    )
    for turn in range(times):
        deal = make_deal(f"Deal {turn}", owner=cast.salesperson)
        operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())


def test_what_a_process_waits_for_stands_in_the_day_of_whoever_has_it(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    begun(cast, {"kind": "head"})
    WorkItem.objects.update(due_at=timezone.now() - timedelta(hours=1))
    (item,) = process_work.items(cast.head, timezone.now())
    assert (item.title, item.reason, item.about, item.is_late) == (
        "Approve the offer",
        "Offer",
        "Deal 0",
        True,
    )
    assert process_work.items(cast.salesperson, timezone.now()) == []
    text = client_of(cast.head).get(reverse("activities:my_day")).content.decode()
    assert "Waiting for me in processes" in text
    assert item.url.split("?")[0] in text


def test_work_of_a_role_stands_in_the_day_of_each_of_its_people(cast: Cast) -> None:
    begun(cast, {"kind": "role", "key": "salesperson"})
    for person in (cast.salesperson, cast.colleague):
        (item,) = process_work.items(person, timezone.now())
        assert item.reason == "Offer, for anybody of the role"
    assert process_work.items(cast.head, timezone.now()) == []


def test_the_section_costs_one_statement_and_is_counted_where_there_is_more(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    begun(cast, OWNER, times=MOST + 2)
    person = User.objects.with_policy().get(pk=cast.salesperson.pk)
    with django_assert_num_queries(1):
        assert len(process_work.items(person, timezone.now())) == MOST + 1
    shown = next(each for each in filled(person, timezone.now()) if each.section.key == "processes")
    assert (len(shown.items), shown.count.n if shown.count else 0) == (MOST, MOST + 2)
