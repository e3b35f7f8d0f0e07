"""The day by keyboard and by mouse, one thing at a time, and a line that adds a task from anywhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.testing import make_account, make_contact
from activities.models import Task
from activities.testing import make_task
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def tasks(cast: Cast) -> list[Task]:
    today = timezone.localdate()
    account = make_account("Ромашка Трейд", owner=cast.salesperson)
    make_contact(account, name="Иван Петров")
    make_deal("Lobby", owner=cast.salesperson, account=account, pipeline=make_pipeline())
    late = today - timedelta(days=9)
    return [
        make_task(cast.salesperson, f"Task {number}", due_on=late + timedelta(days=number), account=account)
        for number in range(3)
    ]


def test_the_day_is_worked_off_by_keyboard_in_a_cyrillic_layout(
    cast: Cast, tasks: list[Task], visit: Visit
) -> None:
    page = visit(cast.salesperson, "/my-day/")
    page.keyboard.press("KeyJ")
    page.keyboard.press("KeyJ")
    expect(page.locator(f"#task-{tasks[1].pk}")).to_have_class("is-late is-current")
    # S on a Cyrillic keyboard gives another letter: only the place of the key counts.
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ы', code: 'KeyS', bubbles: true}))"
    )
    expect(page.locator("#snooze[open]")).to_be_visible()
    page.keyboard.press("Digit2")
    expect(page.locator(f"#task-{tasks[1].pk}")).to_have_count(0)
    expect(page.locator(f"#task-{tasks[2].pk} .day-title")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("Next: Task 2")
    expect(page.locator(".toast-note").filter(has_text="put off")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert Task.objects.get(pk=tasks[1].pk).snoozed_until is not None

    page.keyboard.press("e")
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("textarea, input[type=text]").first.fill("Agreed")
    no_step = dialog.get_by_text("No next step").first
    if no_step.count():
        no_step.click()
    dialog.locator("button.btn-primary").first.click()
    expect(page.locator(f"#task-{tasks[2].pk}")).to_have_count(0)
    expect(page.locator("[data-day-row][id^=deal-] .day-title")).to_be_focused()


def test_single_keys_rest_where_they_are_switched_off(cast: Cast, tasks: list[Task], visit: Visit) -> None:
    cast.salesperson.settle(has_shortcuts=False)
    page = visit(cast.salesperson, "/my-day/")
    page.locator(".day-title").first.focus()
    for key in ("s", "e", "c"):
        page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_one_thing_at_a_time_is_walked_and_left(cast: Cast, tasks: list[Task], visit: Visit) -> None:
    page = visit(cast.salesperson, "/my-day/focus/")
    expect(page.get_by_text("1 of 4")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("2 of 4")).to_be_visible()
    expect(page.get_by_role("heading", name="Task 1")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Task 0")).to_be_visible()
    page.wait_for_load_state()  # a page that is seen may not hear keys yet
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 4")).to_be_visible()
    expect(page.get_by_role("heading", name="Task 1")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("My day")


def test_a_line_typed_anywhere_becomes_a_task(cast: Cast, tasks: list[Task], visit: Visit) -> None:
    page = visit(cast.salesperson, "/clients/")
    page.keyboard.press("c")
    line = page.locator("#quick-line")
    expect(line).to_be_focused()
    page.keyboard.type("позвонить Ивану завтра 15:00 счёт 512 #hot")
    expect(page.locator(".quick-title strong")).to_have_text("позвонить Ивану счёт 512")
    expect(page.locator("select[name=fix_contact]")).to_contain_text("Иван Петров")
    page.locator("select[name=fix_priority]").focus()
    page.locator("select[name=fix_priority]").select_option(label="low")
    expect(page.locator("select[name=fix_priority]")).to_be_focused()
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog .note-good")).to_contain_text("Planned: позвонить Ивану счёт 512")
    expect(line).to_be_focused()
    expect(line).to_have_value("")
    task = Task.objects.get(title="позвонить Ивану счёт 512")
    assert (task.kind, task.priority, task.contact.name) == ("call", 3, "Иван Петров")
    page.keyboard.type("tomorrow 15:00")
    expect(page.get_by_text("no words are left")).to_be_visible()
    page.locator("[data-take-back]").click()
    expect(page.locator("#dialog").get_by_text("Taken back")).to_be_visible()
    assert Task.objects.get(pk=task.pk).state == "cancelled"


CLOSE_AT_ONCE = """() => new MutationObserver(() => {
    if (document.querySelector("#dialog .note-good")) document.getElementById("dialog").close();
}).observe(document.getElementById("dialog-body"), {childList: true, subtree: true})"""


@pytest.mark.parametrize("hurry", [False, True], ids=["read first", "closed the moment it is said"])
def test_what_was_added_stands_in_the_day_when_the_dialog_closes(
    cast: Cast, visit: Visit, hurry: bool
) -> None:
    page = visit(cast.salesperson, "/my-day/")
    expect(page.get_by_text("Nothing is due. Plan something?")).to_be_visible()
    page.keyboard.press("c")
    page.locator("#quick-line").fill("Water the ficus today")
    if hurry:
        page.evaluate(CLOSE_AT_ONCE)
    page.keyboard.press("Enter")
    if not hurry:
        expect(page.locator("#dialog .note-good")).to_be_visible()
        page.keyboard.press("Escape")
    expect(page.locator("[data-day-row]").filter(has_text="Water the ficus")).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_the_day_are_accessible_and_fit(
    cast: Cast, tasks: list[Task], visit: Visit, width: object, dark: bool
) -> None:
    make_task(cast.head, "Mine", due_on=timezone.localdate())
    page = visit(cast.head, "/", width=width, dark=dark)
    problems = []
    for address in ("/my-day/", "/my-day/focus/", "/my-day/team/", "/quick-add/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        problems += [f"{address} {problem}" for problem in violations(page)]
        if (pixels := sideways(page)) > 0:
            problems.append(f"{address} is {pixels} px too wide")
    page.locator("#quick-line").fill("call Ivan next friday at 3 5/12 @Clara")
    expect(page.locator(".quick-chip").first).to_be_visible()
    problems += violations(page)
    assert problems == []
