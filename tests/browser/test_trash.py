"""The trash in a real browser: a client is deleted by keyboard alone, found in the trash and put back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.testing import make_account, make_contact
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]
pytestmark = pytest.mark.django_db


def test_a_client_is_deleted_by_keyboard_found_in_the_trash_and_put_back(cast: Cast, visit: Visit) -> None:
    make_pipeline()
    acme = make_account("Acme", owner=cast.salesperson)
    make_contact(acme, "Ivan Petrov")
    make_deal("Roses for the hotel", owner=cast.salesperson, account=acme)
    page = visit(cast.head, f"/clients/{acme.pk}/")

    page.locator(".page-actions, main").locator("summary", has_text="More actions").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Delete…")).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delete “Acme”?")).to_be_visible()
    expect(dialog.get_by_role("link", name="Deals")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("Why").fill("A double")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("“Acme” is in the trash.")
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    page.goto("/trash/")
    expect(page.get_by_role("row", name="Acme")).to_contain_text("A double")
    assert violations(page) == []
    page.get_by_label("Tick Acme").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Put back what is ticked").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("1 record is back")

    page.goto(f"/clients/{acme.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme")
    expect(page.get_by_text("Ivan Petrov").first).to_be_visible()
    expect(page.get_by_text("Roses for the hotel").first).to_be_visible()


def test_the_pages_of_the_trash_fit_a_phone(cast: Cast, visit: Visit) -> None:
    acme = make_account("Acme", owner=cast.salesperson)
    page = visit(cast.head, f"/clients/{acme.pk}/trash/", width=NARROW)
    assert not sideways(page)
    page.get_by_role("button", name="Put into the trash").click()
    expect(page.locator("#toasts")).to_contain_text("is in the trash")
    for place in ("/trash/", f"/clients/{acme.pk}/"):
        page.goto(place)
        assert not sideways(page)
        assert violations(page) == []
