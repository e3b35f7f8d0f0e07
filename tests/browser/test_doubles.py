"""Doubles in a real browser: warned of while typing, merged and taken back, by keyboard and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.duplicates import match_keys
from accounts.models import Account, ContactPoint
from accounts.testing import make_account, make_contact
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def twins(cast: Cast) -> list[Account]:
    one = make_account("Daisy Shop", owner=cast.salesperson, about="Roses.")
    other = make_account("Daisy Shop Ltd", owner=cast.salesperson, employees=7)
    make_contact(other, "Anna Berg")
    ContactPoint.add(one, kind="email", value="info@daisy.example", by=cast.salesperson, at=timezone.now())
    match_keys.keep([one.pk, other.pk])
    return [one, other]


def test_a_double_is_warned_of_on_blur_and_used_instead(
    cast: Cast, twins: list[Account], visit: Visit
) -> None:
    page = visit(cast.salesperson, "/clients/new/")
    page.locator("#id_phone").fill("+7 495 123-45-67")
    page.locator("#id_name").fill("daisy shop")
    page.keyboard.press("Tab")
    panel = page.locator(".duplicates")
    expect(panel).to_contain_text("2 possible matches")
    expect(panel).to_contain_text("the same name")
    assert violations(page) == []
    panel.locator("li").first.get_by_role("button", name="Use this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Daisy Shop")
    expect(page.get_by_text("+7 495 123-45-67").first).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_two_are_merged_and_taken_back_by_keyboard(
    cast: Cast, twins: list[Account], visit: Visit, width: Any, dark: bool
) -> None:
    one, other = twins
    page = visit(cast.salesperson, f"/clients/merge/?id={one.pk}&id={other.pk}", width=width, dark=dark)
    assert violations(page) == []
    assert sideways(page) <= 0
    page.locator(f"input[name=survivor][value='{one.pk}']").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.get_by_role("button", name="Merge 2 clients")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Merge 2 clients").press("Enter")
    undo = page.get_by_role("button", name="Undo merge")
    expect(undo).to_be_visible()
    assert violations(page) == []
    assert sideways(page) <= 0
    result = page.url
    page.goto(f"/clients/{other.pk}/")
    expect(page.get_by_text("Anna Berg").first).to_be_visible()
    assert page.url.endswith(f"/clients/{one.pk}/")
    page.goto(result)
    undo.press("Enter")
    expect(page.get_by_text("took this merge back")).to_be_visible()
