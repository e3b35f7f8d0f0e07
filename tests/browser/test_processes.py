"""A process from its beginning on a deal to the head's word, by mouse and by keyboard, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from processes.models import Run
from processes.testing import block, make_process
from tests.browser.conftest import NARROW, sideways, violations
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
    page.get_by_role("link", name="Offer").click()
    page.get_by_role("link", name="Switch off").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Reason").fill("Roses are out of season")
    dialog.get_by_role("button", name="Switch off").click()
    expect(page.locator("main")).to_contain_text("Roses are out of season")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
