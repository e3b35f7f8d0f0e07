"""The planner in a browser: a number opened, work moved by drag, by two clicks and in a draft plan, and taken back."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from activities.models import Task
from activities.testing import make_task
from deals.testing import make_deal
from foundation.clock import company_day
from processes import operations
from processes.arrivals import keeping
from processes.testing import block, make_process
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast


@pytest.fixture
def monday(cast: Cast) -> date:
    """A working day next week, in the planner whenever the test runs."""
    today = company_day(timezone.now())
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def task(cast: Cast, monday: date) -> Task:
    return make_task(cast.salesperson, "Send the offer", starts_on=monday, due_on=monday, estimate=540)


def number(page: Page, person: Any, day: date) -> Any:
    return page.locator(f'button[value="{person.pk}.{day.toordinal()}"]')


@pytest.mark.parametrize("width", [WIDE, NARROW, {"width": 360, "height": 740}], ids=["1440", "390", "360"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_planner_is_accessible_and_fits(
    cast: Cast, visit: Callable[..., Page], task: Task, monday: date, width: Any, dark: bool
) -> None:
    page = visit(cast.head, "/planner/", width=width, dark=dark)
    problems = violations(page)
    number(page, cast.salesperson, monday).click()
    expect(page.get_by_text("Send the offer").first).to_be_visible()
    problems += violations(page)
    page.goto(f"/planner/?draft=1&move={task.pk}.{cast.colleague.pk}.0.{task.version}")
    problems += violations(page)
    page.goto(f"/planner/move/?task={task.pk}&c={cast.colleague.pk}.{monday.toordinal()}")
    problems += violations(page)
    assert problems == []
    assert sideways(page) <= 0
    page.goto("/planner/")
    assert sideways(page) <= 0


def test_a_task_is_dragged_onto_a_colleagues_day_and_taken_back(
    cast: Cast, visit: Callable[..., Page], task: Task, monday: date
) -> None:
    page = visit(cast.head, "/planner/")
    expect(number(page, cast.salesperson, monday)).to_contain_text("over 1:00".replace(" ", "\u00a0"))
    number(page, cast.salesperson, monday).click()
    line = page.locator("#planner-behind [data-task]")
    expect(line).to_contain_text("Send the offer")
    line.drag_to(number(page, cast.colleague, monday + timedelta(days=1)))
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Sam Porter → Clara Benson")
    dialog.get_by_role("button", name="Move now").click()
    expect(number(page, cast.salesperson, monday)).to_contain_text("0:00")
    task.refresh_from_db()
    assert (task.owner, task.due_on) == (cast.colleague, monday + timedelta(days=1))
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 task is back")).to_be_visible()
    task.refresh_from_db()
    assert (task.owner, task.due_on) == (cast.salesperson, monday)


def test_moves_are_collected_by_keyboard_survive_a_reload_and_are_applied_at_once(
    cast: Cast, visit: Callable[..., Page], task: Task, monday: date
) -> None:
    page = visit(cast.head, "/planner/")
    number(page, cast.colleague, monday).focus()
    for _row in range(5):
        page.keyboard.press("ArrowDown")
    expect(number(page, cast.salesperson, monday)).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#planner-behind").get_by_role("link", name="Move to…").press("Enter")
    dialog = page.locator("#dialog")
    dialog.get_by_label("To whom").select_option(label="Clara Benson")
    dialog.get_by_role("button", name="Show what changes").press("Enter")
    dialog.get_by_role("link", name="Add to the draft plan").press("Enter")
    expect(page.get_by_role("heading", name="Draft plan")).to_be_visible()
    page.reload()
    expect(number(page, cast.colleague, monday)).to_contain_text("was\u00a00:00")
    task.refresh_from_db()
    assert task.owner == cast.salesperson
    page.get_by_role("button", name="Apply 1 move").press("Enter")
    expect(page.get_by_text("1 task moved")).to_be_visible()
    task.refresh_from_db()
    assert task.owner == cast.colleague


def test_on_a_phone_a_number_opens_a_sheet(
    cast: Cast, visit: Callable[..., Page], task: Task, monday: date
) -> None:
    page = visit(cast.head, "/planner/", width=NARROW)
    number(page, cast.salesperson, monday).click()
    expect(page.locator("#dialog")).to_contain_text("Send the offer")


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)])
def test_what_processes_are_expected_to_bring_stands_beside_the_load_and_leads_to_the_run(
    cast: Cast, visit: Callable[..., Page], width: dict[str, int], dark: bool
) -> None:
    keeping.forget_past()
    process = make_process(
        [
            block("task", "Prepare the offer", who={"kind": "owner"}),
            block("approval", "Approve the offer", who={"kind": "head"}, declined=[], returned=[]),
            block("task", "Send it", who={"kind": "role", "key": "salesperson"}),
        ],
        name="Offer",
    )
    deal = make_deal("Roses for the hall", owner=cast.salesperson)
    operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
    keeping.refresh(timezone.now())
    page = visit(cast.head, "/planner/", width=width, dark=dark)
    expect(page.locator(".planner-role")).to_contain_text("Somebody of")
    cell = page.locator("tbody button:has(i)").first
    expect(cell).to_contain_text("expected")
    cell.click()
    shown = page.locator("#planner-behind, dialog[open]").filter(has_text="Expected, not counted as load")
    expect(shown).to_contain_text("Comes after “Prepare the offer”")
    expect(shown.get_by_role("link", name="Approve the offer: Roses for the hall")).to_be_visible()
    assert (violations(page), sideways(page) <= 0) == ([], True)
    if where := os.environ.get("SHOTS"):
        page.screenshot(path=f"{where}/planner-{width['width']}.png", full_page=False)
