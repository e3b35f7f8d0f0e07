"""Cells changed where they stand: by keyboard alone, left half way, refused, beside somebody else, and with a thumb."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import ContactPoint
from accounts.testing import make_account
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def full(cast: Cast) -> Cast:
    pipeline, account = make_pipeline(), make_account("Acme", owner=cast.salesperson)
    for title in ("Roses", "Tulips"):
        make_deal(title, owner=cast.salesperson, pipeline=pipeline, account=account, amount=100)
    ContactPoint.add(account, kind="phone", value="+74951234567", by=cast.salesperson, at=timezone.now())
    return cast


def cell(page: Page, title: str, heading: str) -> Locator:
    names = page.locator("thead th").all_inner_texts()
    place = next(number for number, name in enumerate(names, 1) if name.strip().startswith(heading))
    return page.locator("tbody tr", has_text=title).locator(f":scope > :nth-child({place})")


def test_a_row_is_filled_in_by_keyboard_and_leaving_saves(full: Cast, visit: Visit) -> None:
    page = visit(full.salesperson, "/deals/")
    amount, step, day = (cell(page, "Tulips", name) for name in ("Amount", "Next step", "Expected close"))
    expect(page.locator("tbody [tabindex='0']")).to_have_count(1)  # one stop for the whole table
    page.get_by_role("link", name="Tulips").focus()
    page.keyboard.press("F2")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("tbody tr", has_text="Tulips").locator("th")).to_be_focused()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(amount).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount", exact=True)).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("250,5")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Currency", exact=True)).to_be_focused()
    page.keyboard.press("Tab")  # saves, and on to the next cell that may be changed
    expect(page.get_by_label("Next step", exact=True)).to_be_focused()
    expect(amount).to_contain_text("250.50 USD")
    expect(page.locator("tfoot")).to_contain_text("350.50")
    page.keyboard.type("Call them")
    page.get_by_label("Day", exact=True).fill("2031-05-07")
    page.locator("h1").click()  # leaving saves
    expect(step).to_contain_text("Call them")
    expect(page.locator(".toast-note").last).to_contain_text("Next step")

    day.dblclick()
    page.get_by_label("Expected close", exact=True).fill("2031-06-01")
    page.keyboard.press("Escape")
    expect(day.locator("form")).to_have_count(0)
    expect(day).not_to_contain_text("2031")
    deal = Deal.objects.get(title="Tulips")
    assert (str(deal.amount), deal.next_step, deal.next_step_on, deal.expected_close_on) == (
        "250.50", "Call them", date(2031, 5, 7), None,
    )  # fmt: skip
    page.locator(".toast-note", has_text="Amount").get_by_role("button", name="Undo").click()
    expect(
        page.locator(".toast-note", has_text="stays as it is")
    ).to_be_visible()  # the next step came after it


def test_a_bad_value_stays_with_its_reason_and_two_people_choose(full: Cast, visit: Visit) -> None:
    page = visit(full.salesperson, "/deals/")
    amount = cell(page, "Roses", "Amount")
    amount.dblclick()
    field = page.get_by_label("Amount", exact=True)
    field.fill("a lot")
    page.keyboard.press("Enter")
    expect(amount.get_by_role("alert")).to_contain_text("is not an amount")
    expect(field).to_have_value("a lot")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    field.fill("70")
    Deal.objects.get(title="Roses").change({"amount": 90}, by=full.head, at=timezone.now())
    page.keyboard.press("Enter")
    expect(amount.get_by_role("alert")).to_contain_text("90")
    amount.get_by_role("button", name="Theirs").click()
    expect(amount).to_contain_text("90.00 USD")
    expect(amount).to_be_focused()


def test_with_a_thumb_the_phone_is_changed_and_a_tap_outside_saves(full: Cast, visit: Visit) -> None:
    page = visit(full.salesperson, "/clients/", width=PHONE, has_touch=True, is_mobile=True)
    point = page.locator("tbody tr", has_text="Acme").locator("td", has_text="123-45-67")
    point.tap()
    field = page.get_by_label("Phone or e-mail", exact=True)
    expect(field).to_be_focused()
    assert field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
    tick = page.locator(".cell-form").get_by_role("button", name="Save").bounding_box()
    assert tick
    assert min(tick["width"], tick["height"]) >= 44
    assert not sideways(page)
    field.fill("+7 495 123-45-00")
    page.locator("h1").tap()
    expect(page.locator("tbody tr", has_text="Acme")).to_contain_text("123-45-00")
    assert ContactPoint.objects.get().value == "+74951234500"


def test_clients_ticked_on_the_list_are_merged_and_one_alone_says_why_not(full: Cast, visit: Visit) -> None:
    make_account("Acme Ltd", owner=full.salesperson)
    page = visit(full.salesperson, "/clients/")
    merge = page.locator("form#merge")
    expect(merge).to_be_hidden()
    page.get_by_role("checkbox", name="Acme Ltd").check()
    expect(merge).to_contain_text("Tick one more")
    expect(merge.get_by_role("button", name="Merge")).to_be_disabled()
    page.reload()  # ticks are kept from page to page
    expect(page.get_by_role("checkbox", name="Acme Ltd")).to_be_checked()
    page.get_by_role("checkbox", name="Acme", exact=True).check()
    assert violations(page) == []
    merge.get_by_role("button", name="Merge").click()
    page.wait_for_url("**/clients/merge/?id=*&id=*")
