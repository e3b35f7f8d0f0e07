"""Runs moved to a new version, from the list of versions to what became of them, on a desk and on a phone."""

import os
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.testing import make_deal
from processes import operations
from processes.models import Process
from processes.testing import block, make_process
from processes.tests.moving import publish_again
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]
OWNER = {"kind": "owner"}


@pytest.fixture
def process(cast: Cast) -> Process:
    """Two runs stand at a step that has gone, four at one whose deadline is another now."""
    day = {"amount": 1, "unit": "days"}
    offer, call = (
        block("task", "Prepare the offer", who=OWNER, deadline=day),
        block("task", "Call them", who=OWNER),
    )
    process = make_process([offer], name="Offer", by=cast.admin)
    for number in range(6):
        deal = make_deal(f"Roses for hall {number}", owner=cast.salesperson)
        operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
        if number == 3:
            publish_again(process, [call])
    changed = offer | {"deadline": {"amount": 3, "unit": "days"}, "name": "Prepare a good offer"}
    publish_again(
        process, [changed, block("approval", "Approve the offer", who={"kind": "head"}, declined=[])]
    )
    return process


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("CRM_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("dark", [False, True])
def test_runs_are_moved_after_a_look_and_put_back(
    cast: Cast, visit: Visit, process: Process, dark: bool
) -> None:
    page = visit(cast.admin, f"/processes/design/{process.pk}/versions/", dark=dark)
    expect(page.get_by_text("4 runs are under way on it.")).to_be_visible()
    shot(page, f"versions-{dark}")
    page.goto(f"/processes/design/{process.pk}/move/")
    expect(page.get_by_role("heading", name="Need a choice")).to_be_visible()
    assert violations(page) == []
    shot(page, f"look-{dark}")
    page.get_by_label("Call them").first.select_option(label="Prepare a good offer (task)")
    page.get_by_label("Prepare a good offer").first.select_option(label="count from when it was reached")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", name="Need a choice")).to_have_count(0)
    shot(page, f"again-{dark}")
    phone = visit(cast.admin, f"/processes/design/{process.pk}/move/", width=NARROW, dark=dark)
    assert (violations(phone), sideways(phone) <= 0) == ([], True)
    shot(phone, f"phone-{dark}")
    page.get_by_role("button", name="Move 6 runs").click()
    expect(page.get_by_role("heading", name="Moved to version 3")).to_be_visible()
    assert violations(page) == []
    shot(page, f"moved-{dark}")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("put back")).to_be_visible()
    assert violations(page) == []


def test_one_run_says_that_it_is_on_an_older_version_and_is_moved(
    cast: Cast, visit: Visit, process: Process
) -> None:
    run = process.runs.order_by("pk").first()  # type: ignore[attr-defined]
    page = visit(cast.head, run.get_absolute_url(), width=NARROW)
    expect(page.get_by_text("This run is on version 1; the newest is 3.")).to_be_visible()
    page.get_by_role("link", name="Move it").click()
    assert (violations(page), sideways(page) <= 0) == ([], True)
    shot(page, "one")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("Moved to another version: 1 → 3")).to_be_visible()
