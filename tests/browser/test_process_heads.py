"""What heads ask of processes: why, what nobody will finish, how it is kept, how it goes; on a desk and on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from processes import operations, working
from processes.models import Process, Run, StepLog, WorkItem
from processes.testing import block, make_process, settle
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.models import User
from users.testing import Cast

Visit = Callable[..., Page]
DAY = timedelta(days=1)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """Moved while its amount was too small; about it something began all the same, long ago, and stands still."""
    start = {
        "fact": "deal.moved",
        "when": {"all": [["deal.amount", "gt", "100000"], ["deal.source", "empty"]]},
    }
    fields = [{"name": "smell", "label": "Smell", "kind": "text"}]
    process = make_process(
        [
            block("task", "Prepare the offer", who={"kind": "owner"}, fields=fields),
            block("approval", "Approve the offer", who={"kind": "head"}, declined=[], returned=[]),
        ],
        name="Large offers",
        starts=[start, {"button": True}],
        by=cast.head,
    )
    deal = make_deal("Roses for the hall", owner=cast.salesperson, pipeline=make_pipeline(), amount=7_000)
    deal.move(deal.pipeline.stages.all()[1], by=cast.salesperson, at=timezone.now())
    settle()
    _history(process, cast)
    return deal


def _history(process: Process, cast: Cast) -> None:
    now = timezone.now()
    deals = [make_deal(f"Tulips {place}", owner=cast.salesperson) for place in range(13)]
    runs = [operations.start(process, deal.pk, by=cast.salesperson, at=now - 9 * DAY) for deal in deals]
    for place, run in enumerate(runs[:-1]):
        moment = now - 8 * DAY + timedelta(seconds=place)
        working.finish(WorkItem.objects.get(run=run, state="open"), by=cast.salesperson, at=moment)
        approval = WorkItem.objects.get(run=run, state="open")
        head = User.objects.with_policy().get(pk=cast.head.pk)
        working.finish(approval, by=head, at=moment + timedelta(hours=3 + place), outcome="approved")
    Run.objects.filter(pk=runs[-1].pk).update(started_at=now - 40 * DAY, moved_at=now - 40 * DAY)
    assert StepLog.objects.filter(process_id=process.pk).exists()


def test_why_a_process_did_not_begin_is_asked_from_the_deal(cast: Cast, visit: Visit, deal: Deal) -> None:
    page = visit(cast.salesperson, deal.get_absolute_url())
    page.get_by_role("region", name="Processes").get_by_role("link", name="Why?").click()
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(
        "It did not begin, because: “Deal: amount"
    )
    page.get_by_text("The condition, part by part").click()
    expect(page.locator(".why-lines .is-fails").last).to_contain_text("now: 7,000")
    assert violations(page) == []


def test_runs_that_stand_still_are_ticked_and_cancelled(cast: Cast, visit: Visit, deal: Deal) -> None:
    page = visit(cast.head, "/processes/")
    page.get_by_role("link", name="Dead weight").click()
    page.get_by_role("checkbox", name="Select “Tulips 12”").check()
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_label("Reason").fill("The tulips are gone")
    page.get_by_role("button", name="Cancel the runs").click()
    expect(page.locator(".toasts")).to_contain_text("Done: 1")
    expect(page.locator("main")).to_contain_text("Nothing stands still")
    assert Run.objects.get(title="Tulips 12").status == "cancelled"


def test_pages_for_heads_are_clean_in_both_widths_and_colours(cast: Cast, visit: Visit, deal: Deal) -> None:
    process = Process.objects.get()
    run = Run.objects.filter(status="ended").latest("pk")
    why = reverse("processes:why", args=["deal", deal.pk])
    addresses = [
        f"{why}?process={process.pk}",
        why,
        reverse("processes:ask", args=[process.pk]),
        reverse("processes:record_because", args=["deal", deal.pk]),
        *(
            f"{reverse('processes:zombies')}?kind={kind}"
            for kind in ("runs", "work", "steps", "fields", "processes")
        ),
        f"{reverse('processes:zombie_bulk')}?do=cancel&pick={Run.objects.get(title='Tulips 12').pk}",
        reverse("processes:conformance", args=[process.pk]),
        f"{reverse('processes:conformance_runs', args=[process.pk])}?what=done",
        reverse("processes:heat", args=[process.pk]),
        process.get_absolute_url(),
        run.get_absolute_url(),
    ]
    for width, dark in ((WIDE, False), (NARROW, True)):
        page = visit(cast.head, "/processes/", width=width, dark=dark)
        for address in addresses:
            page.goto(address)
            assert (address, violations(page), sideways(page) <= 0) == (address, [], True)
