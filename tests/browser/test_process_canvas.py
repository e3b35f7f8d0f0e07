"""The canvas in a real browser: drawn, changed by mouse and keyboard, taken back, kept, published."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from processes import operations
from processes.models import Process
from processes.testing import block
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def process(cast: Cast) -> Process:
    steps = [block("task", name, who={"kind": "owner"}) for name in ("Prepare", "Send")]
    return operations.create(
        name="Offer", subject_kind="deal", by=cast.head, at=timezone.now(),
        outline={"blocks": steps}, starts=[{"button": True}],
    )  # fmt: skip


def opened(visit: Visit, cast: Cast, process: Process, **more: object) -> Page:
    page = visit(cast.head, f"/processes/design/{process.pk}/canvas/", **more)
    expect(page.locator("[data-canvas][data-ready]")).to_be_visible()
    return page


def card(page: Page, name: str) -> object:
    return page.locator(f".djs-shape[aria-label^='{name}']")


def test_a_step_is_added_said_taken_back_and_done_again(cast: Cast, process: Process, visit: Visit) -> None:
    page = opened(visit, cast, process)
    page.on("console", lambda m: print("CONSOLE", m.text)); page.on("response", lambda r: print(r.status, r.url, r.text()[:300] if r.status>=400 or "canvas/" in r.url else ""))
    page.set_default_timeout(6000)
    page.screenshot(path="/tmp/w-canvas-1.png")
    card(page, "Prepare").click()
    page.locator(".canvas-palette").get_by_role("button", name="Somebody approves").click()
    page.get_by_label("What is approved").fill("Approve the offer")
    page.screenshot(path="/tmp/w-canvas-2.png")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(card(page, "Approve the offer")).to_be_focused()
    process.refresh_from_db()
    assert [each["name"] for each in process.outline["blocks"]] == ["Prepare", "Approve the offer", "Send"]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(card(page, "Approve the offer")).to_have_count(0)
    page.screenshot(path="/tmp/w-canvas-3.png")
