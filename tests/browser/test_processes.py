"""A process from its beginning on a deal to the head's word, by mouse and by keyboard, on a desk and on a phone."""

import os
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from processes import operations
from processes.models import Batch, Process, Run
from processes.testing import block, make_process
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]
FIELDS = [{"name": "discount", "label": "Discount, %", "kind": "number", "is_required": True}]


@pytest.fixture
def deal(cast: Cast) -> Deal:
    make_process(
        [
            block("task", "Prepare the offer", who={"kind": "owner"}, fields=FIELDS, checklist=["Measure"]),
            block("approval", "Approve the offer", who={"kind": "head"}, declined=[], returned=[]),
        ],
        name="Offer",
    )
    return make_deal("Roses for the hall", owner=cast.salesperson, pipeline=make_pipeline())


def test_a_process_begun_on_a_deal_ends_with_the_heads_word(cast: Cast, visit: Visit, deal: Deal) -> None:
    page = visit(cast.salesperson, deal.get_absolute_url())
    page.get_by_role("button", name="Start “Offer”").click()
    expect(page.locator(".toasts")).to_contain_text(
        "“Offer” began. Next: Prepare the offer, with Sam Porter."
    )
    panel = page.get_by_role("region", name="Processes")
    panel.get_by_role("link", name=re.compile("Open.*Prepare the offer")).click()
    page.get_by_label("Measure").check()
    page.get_by_label("Discount, %").fill("a lot")
    page.get_by_label("Comment").fill("They want roses")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-form-errors]")).to_contain_text("“a lot” is not an amount")
    expect(page.get_by_label("Comment")).to_have_value("They want roses")
    expect(page.get_by_label("Measure")).to_be_checked()
    assert violations(page) == []
    page.get_by_label("Discount, %").fill("12")
    page.get_by_label("Discount, %").press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Next: Approve the offer, with Helena Marsh.")
    expect(panel).to_contain_text("waits for Helena Marsh")
    panel.get_by_role("button", name="Remind").click()
    expect(page.locator(".toasts")).to_contain_text("Helena Marsh was reminded")

    phone = visit(cast.head, "/my-day/", width=NARROW, dark=True)
    phone.get_by_role("link", name=re.compile("Decide.*Approve the offer")).click()
    expect(phone.get_by_text("“They want roses”")).to_be_visible()
    phone.get_by_role("button", name="Decline").click()
    expect(phone.locator("[data-form-errors]")).to_contain_text("Say why")
    assert (violations(phone), sideways(phone) <= 0) == ([], True)
    phone.get_by_label("Comment").fill("Too cheap")
    phone.get_by_role("button", name="Decline").click()
    expect(phone).to_have_url("http://" + phone.url.split("/")[2] + "/my-day/")
    assert (Run.objects.get().result, Run.objects.get().status) == ("declined", "ended")


def test_a_process_is_switched_off_with_a_reason_in_a_dialog(cast: Cast, visit: Visit, deal: Deal) -> None:
    page = visit(cast.head, "/processes/")
    page.get_by_role("link", name="Offer", exact=True).click()
    page.get_by_role("link", name="Switch off").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Reason").fill("Roses are out of season")
    dialog.get_by_role("button", name="Switch off").click()
    expect(page.locator("main")).to_contain_text("Roses are out of season")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)])
def test_runs_are_found_and_cancelled_by_ticks(
    cast: Cast, visit: Visit, deal: Deal, width: dict[str, int], dark: bool
) -> None:
    process = Process.objects.get()
    for title in ("Tulips", "Lilies"):
        other = make_deal(title, owner=cast.salesperson, pipeline=deal.pipeline)
        operations.start(process, other.pk, by=cast.salesperson, at=timezone.now())
    page = visit(cast.head, "/processes/", width=width, dark=dark)
    page.get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_role("link", name="Tulips")).to_be_visible()
    assert (violations(page), sideways(page) <= 0) == ([], True)
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=f"{where}/runs-{width['width']}.png")
    page.get_by_label("Tulips").check()
    page.get_by_role("button", name="Cancel…").click()
    assert (violations(page), sideways(page) <= 0) == ([], True)
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=f"{where}/runs-bulk-{width['width']}.png")
    page.get_by_label("Reason").fill("Out of season")
    page.get_by_role("button", name="Cancel 1 run").click()
    expect(page.locator(".toasts")).to_contain_text("1 run changed")
    assert list(Run.objects.active().values_list("title", flat=True)) == ["Lilies"]


@pytest.mark.parametrize(("width", "dark"), [(WIDE, True), (NARROW, False)])
def test_runs_that_began_together_are_revoked_while_nobody_has_worked_on_them(
    cast: Cast, visit: Visit, deal: Deal, width: dict[str, int], dark: bool
) -> None:
    process = Process.objects.get()
    operations.edit(process, revision=None, owner=cast.head, by=cast.head, at=timezone.now())
    batch = Batch.objects.create(process=process, began_at=timezone.now())
    operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    Run.objects.update(batch=batch)
    page = visit(cast.head, process.get_absolute_url(), width=width, dark=dark)
    page.get_by_role("link", name="Look, or revoke them").click()
    expect(page.get_by_role("heading", name="1 run began together")).to_be_visible()
    assert (violations(page), sideways(page) <= 0) == ([], True)
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=f"{where}/batch-{width['width']}.png", full_page=True)
    page.get_by_label("Reason").fill("A mistake")
    page.get_by_role("button", name="Revoke 1 run").click()
    expect(page.locator("main")).to_contain_text("1 run was taken away")
    assert violations(page) == []
    assert not Run.objects.active().exists()
