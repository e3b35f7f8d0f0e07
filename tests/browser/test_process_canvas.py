"""The canvas in a real browser: drawn, changed by mouse and keyboard, taken back, kept, published."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from processes import operations
from processes.canvas.showing import state_of
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


def card(page: Page, name: str) -> Locator:
    return page.locator(f".djs-shape[aria-label^='{name}']")


def saved(page: Page) -> None:
    expect(page.locator("[data-status]")).to_have_text("Saved")


def names(process: Process) -> list[str]:
    process.refresh_from_db()
    return [each["name"] for each in process.outline["blocks"]]


def test_steps_are_added_said_moved_taken_back_done_again_and_published(
    cast: Cast, process: Process, visit: Visit
) -> None:
    page = opened(visit, cast, process)
    card(page, "Prepare").click()
    page.locator(".canvas-palette").get_by_role("button", name="Somebody approves").click()
    page.get_by_label("What is approved").fill("Approve the offer")
    assert violations(page) == []
    page.get_by_role("button", name="Done", exact=True).click()
    expect(card(page, "Approve the offer")).to_be_focused()
    assert names(process) == ["Prepare", "Approve the offer", "Send"]

    # What was said is taken back first, then the step; both come again.
    page.keyboard.press("Control+z")
    expect(card(page, "Approve the offer")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".djs-shape")).to_have_count(4)
    saved(page)
    page.get_by_role("button", name="Redo").click()
    page.get_by_role("button", name="Redo").click()
    expect(card(page, "Approve the offer")).to_be_visible()
    saved(page)
    page.wait_for_timeout(500)
    assert names(process) == ["Prepare", "Approve the offer", "Send"]

    # Moved by mouse, and taken back.
    before = card(page, "Send").bounding_box()
    assert before is not None
    page.mouse.move(before["x"] + 60, before["y"] + 20)
    page.mouse.down()
    page.mouse.move(before["x"] + 90, before["y"] + 100, steps=5)
    page.mouse.move(before["x"] + 90, before["y"] + 140, steps=5)
    page.mouse.up()
    page.wait_for_timeout(500)
    saved(page)
    after = card(page, "Send").bounding_box()
    assert after is not None
    assert after["y"] > before["y"] + 60
    process.refresh_from_db()
    assert process.outline is not None
    assert process.drawing is not None, "the place is kept"
    page.get_by_role("button", name="Undo").click()
    page.wait_for_timeout(500)
    assert card(page, "Send").bounding_box() == before

    page.get_by_role("link", name="Outline and publishing").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is running.")).to_be_visible()
    page.get_by_role("link", name="As a drawing").click()
    expect(card(page, "Approve the offer")).to_be_visible()


def test_a_line_is_drawn_by_keyboard_and_undo_brings_the_outline_back(
    cast: Cast, process: Process, visit: Visit
) -> None:
    page = opened(visit, cast, process, dark=True)
    card(page, "Send").focus()
    page.keyboard.press("ArrowLeft")
    expect(card(page, "Prepare")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("[data-hint]")).to_contain_text("Now choose the step the line leads to")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".djs-connection")).to_have_count(4)
    process.refresh_from_db()
    assert process.outline is None
    assert violations(page) == []
    card(page, "Prepare").focus()
    page.keyboard.press("Control+z")
    expect(page.locator(".djs-connection")).to_have_count(3)
    saved(page)
    page.wait_for_timeout(500)
    assert names(process) == ["Prepare", "Send"]

    # Moved, opened, closed and deleted without a mouse.
    place = state_of(process)["diagram"]["shapes"]
    card(page, "Send").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_timeout(500)
    process.refresh_from_db()
    key = process.outline["blocks"][1]["id"]
    assert state_of(process)["diagram"]["shapes"][key][1] == place[key][1] + 10
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is to be done")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card(page, "Send")).to_be_focused()
    page.keyboard.press("Delete")
    expect(card(page, "Send")).to_have_count(0)
    assert names(process) == ["Prepare"]


def test_a_conflict_keeps_what_was_drawn_and_asks(cast: Cast, process: Process, visit: Visit) -> None:
    page = opened(visit, cast, process)
    operations.edit(process, revision=None, name="Renamed", by=cast.salesperson, at=timezone.now())
    card(page, "Send").focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("Somebody else changed this process meanwhile")).to_be_visible()
    assert violations(page) == []
    process.refresh_from_db()
    assert process.drawing is None
    page.get_by_role("button", name="Put mine in its place").click()
    saved(page)
    page.wait_for_timeout(500)
    process.refresh_from_db()
    assert (process.name, process.drawing is not None) == ("Renamed", True)


def test_on_a_phone_one_looks_around_and_changes_what_a_step_says(
    cast: Cast, process: Process, visit: Visit
) -> None:
    page = opened(visit, cast, process, width=NARROW, has_touch=True)
    expect(page.get_by_text("On a small screen steps are added")).to_be_visible()
    assert sideways(page) == 0
    assert violations(page) == []
    card(page, "Prepare").tap()
    page.get_by_role("button", name="Change", exact=True).tap()
    page.get_by_label("What is to be done").fill("Prepare it well")
    assert sideways(page) == 0
    page.get_by_role("button", name="Done", exact=True).tap()
    expect(card(page, "Prepare it well")).to_be_visible()
    assert names(process) == ["Prepare it well", "Send"]
