"""A list as one wants it: columns by keyboard, two orders with Shift, a condition, and all of it a saved view."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.testing import make_account
from deals.testing import make_deal, make_pipeline
from lists.models import SavedView
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def full(cast: Cast) -> Cast:
    pipeline = make_pipeline()
    for number, name in enumerate(("Acme", "Bolt", "Crate")):
        account = make_account(name, owner=cast.salesperson)
        for amount in (100, 20):
            make_deal(
                f"Roses {number}", owner=cast.salesperson, pipeline=pipeline, account=account, amount=amount
            )
    return cast


def test_columns_orders_and_conditions_become_a_view(full: Cast, visit: Visit) -> None:
    page = visit(full.salesperson, "/deals/")
    page.get_by_role("link", name="Columns").click()
    dialog = page.locator("dialog[open]")
    owner = dialog.get_by_role("button", name="Move Owner up")
    owner.focus()
    for _press in range(3):
        page.keyboard.press("Enter")
    expect(dialog.locator("[data-column]").first).to_contain_text("Owner")
    assert violations(page) == []
    dialog.get_by_label("Next step").uncheck()
    dialog.get_by_role("button", name="Show these columns").last.click()
    expect(page.locator("thead th").nth(1)).to_have_text("Owner")
    expect(page.locator("thead")).not_to_contain_text("Next step")

    page.locator("thead").get_by_role("link", name="Client").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Client")
    page.locator("thead").get_by_role("link", name="Amount").click(modifiers=["Shift"])
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Amount")
    expect(page.locator("tbody tr").first).to_contain_text("Acme")
    expect(page.locator("tbody tr").first).to_contain_text("100.00")

    page.get_by_role("link", name="Add a condition").click()
    dialog.get_by_label("Ask about").select_option("client.name")
    dialog.get_by_role("button", name="Go on").click()
    dialog.get_by_label("does not contain: Value").fill("bolt")
    expect(dialog.get_by_role("radio", name="does not contain")).to_be_checked()
    assert violations(page) == []
    dialog.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("link", name="Client: Name does not contain “bolt”")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(4)

    page.get_by_role("link", name="Save as a view").click()
    dialog.get_by_label("Name").fill("Without Bolt")
    dialog.get_by_role("button", name="Save").click()
    tab = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Without Bolt")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(page.locator("thead th").nth(1)).to_have_text("Owner")

    page.get_by_role("link", name="Overdue").click()
    expect(tab).to_contain_text("changed")
    page.get_by_role("link", name="Reset").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(tab).not_to_contain_text("changed")
    assert violations(page) == []


@pytest.mark.parametrize("is_dark", [False, True])
def test_tabs_bar_and_dialogs_fit_a_phone(full: Cast, visit: Visit, is_dark: bool) -> None:
    for name in ("Mine in July", "Everything that waits for a long time", "Third"):
        SavedView.create(
            list="deals", name=name, query="mine=1", by=full.salesperson, at=full.salesperson.joined_at
        )
    page = visit(full.salesperson, "/deals/?mine=1&where=all(amount:from:50)", width=NARROW, dark=is_dark)
    expect(page.get_by_role("link", name="Third")).to_be_attached()
    for address in (
        None,
        "/lists/views/?list=deals",
        "/lists/columns/?list=clients",
        "/lists/where/?list=deals&field=opened",
    ):
        if address:
            page.goto(address)
        assert sideways(page) == 0, address
        assert violations(page) == [], address


def test_a_group_opens_where_it_stands(full: Cast, visit: Visit) -> None:
    page = visit(full.salesperson, "/deals/")
    page.get_by_text("Group by", exact=True).click()
    page.get_by_role("link", name="Stage", exact=True).click()
    group = page.locator(".list-groups summary")
    expect(group).to_contain_text("First contact")
    group.click()
    expect(page.locator(".group-rows tbody tr")).to_have_count(6)
    assert violations(page) == []
    page.set_viewport_size(NARROW)
    assert sideways(page) == 0
    page.get_by_role("link", name="All deals of “First contact” as a list").click()
    expect(page.get_by_role("link", name="Stage is First contact")).to_be_visible()
