"""Who decides has the figures of the record before them, as far as they may see it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from deals.models import Deal
from deals.testing import make_deal
from processes import operations
from processes.models import Run, WorkItem
from processes.queries.at_hand import MOST, at_hand
from processes.testing import block, make_process
from users.models import User
from users.testing import Cast

MOSCOW = ZoneInfo("Europe/Moscow")


def asked(cast: Cast, deal: Deal, **who: object) -> Run:
    condition = ["deal.title", "contains", "Roses"]
    branch = {"id": "large", "name": "", "when": ["deal.probability", "gt", "10"], "blocks": []}
    blocks = [
        block("approval", "Approve", who=who or {"kind": "head"}, declined=[], returned=[]),
        block("choice", branches=[branch], **{"else": []}),
    ]
    process = make_process(blocks, starts=[{"button": True, "when": condition}])
    return operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())


def test_what_the_process_asks_about_comes_first_then_what_is_usual(cast: Cast) -> None:
    client = make_account("Vega", owner=cast.salesperson)
    deal = make_deal("Roses", owner=cast.salesperson, amount=7302, account=client, probability=40)
    found = at_hand(asked(cast, deal), MOSCOW)
    assert found[:3] == [
        ("Title", "Roses"),
        ("Own estimate, %", "40\N{NO-BREAK SPACE}%"),
        ("Amount", f"7,302\N{NO-BREAK SPACE}{deal.currency}"),
    ]
    assert ("Client's name", "Vega") in found
    assert ("Owner", cast.salesperson.name) in found
    assert len(found) <= MOST


def test_what_is_empty_or_gone_is_not_shown(cast: Cast) -> None:
    run = asked(cast, make_deal("Roses", owner=cast.salesperson, amount=None))
    assert "Amount" not in dict(at_hand(run, MOSCOW))
    run.subject_id = 0
    assert at_hand(run, MOSCOW) == []


def test_whoever_may_not_see_the_record_reads_its_title_only(
    cast: Cast, client_of: Callable[[User], Client]
) -> None:
    deal = make_deal("Roses", owner=cast.salesperson, amount=7302)
    run = asked(cast, deal, kind="person", id=cast.head.pk)
    item = WorkItem.objects.get(run=run)
    for person, sees in ((cast.head, True), (cast.support, False)):
        WorkItem.objects.filter(pk=item.pk).update(assignee=person)
        text = client_of(person).get(reverse("processes:work", args=[item.pk])).content.decode()
        assert "Roses" in text
        assert ("7,302" in text) is sees
