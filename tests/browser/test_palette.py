"""Search by keyboard: recents, the other layout, what can be done with a row, pins, commands; quick add offline."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account, make_contact
from activities.models import Task
from tests.browser.conftest import NARROW, sideways, violations
from users.models import RecentRecord
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def acme(cast: Cast) -> Account:
    account = make_account("Acme Florists", owner=cast.salesperson)
    make_contact(account, name="Иван Петров")
    return account


def test_a_client_is_found_by_keyboard_alone_and_worked_on_from_its_row(
    cast: Cast, acme: Account, visit: Visit
) -> None:
    page = visit(cast.salesperson, f"/clients/{acme.pk}/")
    for _moment in range(300):  # told by the browser once the page is drawn
        if RecentRecord.objects.exists():
            break
        page.wait_for_timeout(100)
    page.goto("/tasks/")
    page.keyboard.press("Control+KeyK")
    palette, field = page.locator("#palette"), page.locator("#palette [role=combobox]")
    expect(palette.get_by_role("option").first).to_contain_text("Acme Florists")

    field.fill("bdfy")  # “иван” on the other keyboard
    option = palette.get_by_role("option").first
    expect(option).to_contain_text("Иван Петров")
    expect(option.locator("mark")).to_have_text("Иван")
    expect(option).to_have_attribute("aria-selected", "true")
    assert violations(page) == []

    field.fill("florists")
    expect(option.locator("mark")).to_have_text("Florists")
    expect(option).to_contain_text("Acme Florists")
    page.keyboard.press("ArrowRight")
    expect(palette.get_by_role("option", name="New task")).to_be_visible()
    assert violations(page) == []
    palette.get_by_role("option", name="Pin", exact=True).click()
    field.fill("")  # pins stand before anything is typed
    expect(page.locator("#palette mark")).to_have_count(0)  # what was found before is gone
    expect(page.locator("#palette [data-pinned]")).to_have_count(1)
    assert RecentRecord.objects.get(person=cast.salesperson).pinned_at

    page.keyboard.press("ArrowRight")
    expect(palette.get_by_role("option", name="Unpin")).to_be_visible()
    page.keyboard.press("Escape")
    expect(option).to_contain_text("Acme Florists")
    page.keyboard.press("ArrowRight")
    palette.get_by_role("option", name="Note").click()
    expect(page.locator("#dialog")).to_contain_text("New note")


def test_a_command_changes_the_theme_and_another_opens_quick_add(cast: Cast, visit: Visit) -> None:
    page = visit(cast.salesperson, "/tasks/")
    page.keyboard.press("/")
    field = page.locator("#palette [role=combobox]")
    field.fill("> theme dark")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

    page.keyboard.press("/")
    field.fill("> new task water the ficus tomorrow")
    expect(page.locator("#palette").get_by_role("option").first).to_contain_text("water the ficus")
    page.keyboard.press("Enter")
    line = page.locator("#dialog [name=line]")
    expect(line).to_have_value("water the ficus tomorrow")
    expect(line).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#quick-add [role=status]")).to_contain_text("Planned: water the ficus")


def test_it_fits_a_phone_in_the_dark(cast: Cast, acme: Account, visit: Visit) -> None:
    page = visit(cast.salesperson, "/tasks/", width=NARROW, dark=True)
    page.locator("[data-open-palette]:visible").first.click()
    page.locator("#palette [role=combobox]").fill("acme")
    expect(page.locator("#palette").get_by_role("option").first).to_contain_text("Acme Florists")
    assert not sideways(page)
    assert violations(page) == []


def test_a_line_typed_without_a_network_is_kept_and_planned_on_return(cast: Cast, visit: Visit) -> None:
    page = visit(cast.salesperson, "/quick-add/")
    page.locator("[name=line]").fill("water the ficus tomorrow")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    expect(page.locator(".toast-note").first).to_be_visible()
    assert not Task.objects.exists()
    page.context.set_offline(False)
    expect(page.locator(".toast-note").filter(has_text=re.compile("Sent: "))).to_be_visible()
    assert Task.objects.get().title == "water the ficus"
