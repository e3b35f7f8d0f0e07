"""Many deals at once in a real browser: ticked over two pages, all that match, given away, and taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def deals(cast: Cast) -> list[Deal]:
    """More than a page of the list."""
    pipeline = make_pipeline()
    return [
        make_deal(f"Flowers no. {number:02}", owner=cast.salesperson, pipeline=pipeline)
        for number in range(53)
    ]


def test_ticks_live_over_pages_and_a_range_is_taken_by_shift(
    cast: Cast, deals: list[Deal], visit: Visit
) -> None:
    page = visit(cast.head, "/deals/")
    picked = page.locator("[data-picked]")
    table = page.locator("table input[form=bulk]")
    table.nth(1).click()
    expect(picked).to_have_text("1 deal selected")
    table.nth(4).click(modifiers=["Shift"])
    expect(picked).to_have_text("4 deals selected")
    page.locator(".pager").get_by_role("link", name="Next").click()
    expect(picked).to_have_text("4 deals selected")
    expect(table.nth(0)).not_to_be_checked()
    table.nth(0).click()
    expect(picked).to_have_text("5 deals selected")
    page.locator(".pager").get_by_role("link", name="Previous").click()
    expect(table.nth(3)).to_be_checked()
    expect(picked).to_have_text("5 deals selected")
    page.get_by_role("button", name="Clear").click()
    expect(picked).to_have_text("Tick deals to change them together")
    expect(table.nth(3)).not_to_be_checked()


def test_all_that_match_get_a_new_owner_and_go_back(cast: Cast, deals: list[Deal], visit: Visit) -> None:
    page = visit(cast.head, "/deals/?state=open")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-picked]")).to_have_text("50 deals selected")
    page.get_by_role("button", name="Select all that match").click()
    expect(page.locator("[data-picked]")).to_have_text("53 deals selected")
    page.get_by_role("button", name="Change…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 53 deals")
    page.get_by_label("New owner").select_option(label="Clara Benson")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("button", name="Change 53 deals")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Change 53 deals").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Owner of 53 deals")
    expect(page.get_by_text("Clara Benson").first).to_be_visible()
    assert violations(page) == []
    assert Deal.objects.filter(owner=cast.colleague).count() == 53

    page.get_by_role("link", name="Undo…").click()
    page.locator("dialog[open]").get_by_role("button", name="Undo 53 changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo: Owner of 53 deals")
    expect(page.get_by_text("53 records put back").first).to_be_visible()
    assert Deal.objects.filter(owner=cast.salesperson).count() == 53


def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(
    cast: Cast, deals: list[Deal], visit: Visit
) -> None:
    page = visit(cast.head, "/deals/", width=NARROW, dark=True)
    page.locator("table input[form=bulk]").first.click()
    expect(page.locator("[data-picked]")).to_have_text("1 deal selected")
    assert sideways(page) == 0
    page.get_by_role("button", name="Change…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 1 deal")
    assert sideways(page) == 0
    assert violations(page) == []
    page.get_by_label("New owner").select_option(label="Clara Benson")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Change 1 deal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Owner of 1 deal")
    assert sideways(page) == 0
    assert violations(page) == []


def test_clients_are_given_away_over_pages_and_two_of_them_merged(cast: Cast, visit: Visit) -> None:
    for number in range(53):
        make_account(f"Garden no. {number:02}", owner=cast.salesperson)
    page = visit(cast.head, "/clients/?sort=name")
    picked, table = page.locator("[data-picked]"), page.locator("table input[form=bulk]")
    expect(picked).to_have_text("Tick clients to change or merge them")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Select all that match").click()
    expect(picked).to_have_text("53 clients selected")
    table.nth(2).click()
    expect(picked).to_have_text("52 clients selected")
    assert violations(page) == []
    page.get_by_role("button", name="Change…").click()
    page.get_by_label("New owner").select_option(label="Clara Benson")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Change 52 clients").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Owner of 52 clients")
    assert Account.objects.filter(owner=cast.colleague).count() == 52

    page.goto(page.url.partition("/changes/")[0] + "/clients/?sort=name")
    expect(picked).to_have_text("Tick clients to change or merge them")
    table.nth(0).click()
    table.nth(1).click()
    expect(picked).to_have_text("2 clients selected")
    page.locator("#bulk-do").select_option(label="Merge into one")
    page.get_by_role("button", name="Change…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merge")
    page.set_viewport_size(NARROW)
    page.goto(page.url.partition("/clients/")[0] + "/clients/?sort=name")
    assert sideways(page) == 0
    assert violations(page) == []
