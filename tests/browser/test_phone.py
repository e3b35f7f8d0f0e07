"""The product in a hand: 360 pixels wide, a thumb, and the two ends of the world's clocks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account, ContactPoint
from accounts.testing import make_account, make_contact
from activities.testing import make_meeting, make_task
from deals.testing import make_deal, make_pipeline
from foundation.clock import company_day
from processes import operations
from processes.testing import block, make_process
from tests.browser.conftest import cards_beyond, sideways
from users.testing import Cast

Visit = Callable[..., Page]
PHONE = {"width": 360, "height": 740}
PAGES = [
    "/deals/board/",
    "/deals/",
    "/deals/{deal}/",
    "/deals/new/",
    "/deals/{deal}/edit/",
    "/clients/",
    "/clients/{account}/",
    "/clients/new/",
    "/clients/new/full/",
    "/clients/{account}/edit/",
    "/clients/{account}/contacts/new/",
    "/reports/",
    "/reports/funnel/",
    "/reports/won-by-person/",
    "/import/",
    "/profile/",
    "/search/?q=daisy",
    "/notifications/",
    "/notifications/settings/",
    "/my-day/",
    "/my-day/focus/",
    "/my-day/team/",
    "/tasks/",
    "/tasks/new/",
    "/tasks/{task}/",
    "/tasks/{task}/edit/",
    "/tasks/{task}/finish/",
    "/calendar/",
    "/calendar/feed/",
    "/meetings/new/",
    "/meetings/{meeting}/",
    "/absences/",
    "/planner/",
    "/calls/new/?account={account}",
    "/notes/new/?account={account}",
    "/messages/new/?account={account}",
    "/register/",
    "/processes/",
    "/processes/{process}/",
    "/processes/work/",
    "/processes/work/{work}/",
    "/processes/runs/{run}/",
    "/offline/",
    "/nowhere/",
]
# What a thumb meets first must be large; everything else at least 24 px (WCAG 2.5.8), but for links in text.
MEASURE = """() => {
  const wrong = [];
  const shown = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} “${(element.textContent || element.name || "").trim().slice(0, 30)}”`;
  const small = (element, least) => {
    const {width, height} = element.getBoundingClientRect();
    if (width && height && Math.min(width, height) < least) wrong.push(`${name(element)} is ${Math.round(width)}×${Math.round(height)}, not ${least}`);
  };
  for (const each of document.querySelectorAll("main .btn:not(input), main summary.btn, .bottom-bar > a, .bottom-bar summary, .top-bar a, .top-bar summary, .chip, .person-button")) {
    if (shown(each) && !each.matches(".btn-small, .top-brand, .visually-hidden-focusable")) small(each, 44);
  }
  for (const each of document.querySelectorAll("main button, main summary, main select, main .btn-small, main .icon-button")) if (shown(each) && !each.closest("[aria-hidden=true]")) small(each, 24);
  for (const each of document.querySelectorAll("input:not([type=hidden], [type=submit]):not([type=checkbox]):not([type=radio]), select, textarea")) {
    if (shown(each) && parseFloat(getComputedStyle(each).fontSize) < 16) wrong.push(`${name(each)} has letters of ${getComputedStyle(each).fontSize}, at which a phone zooms in`);
  }
  const bar = document.querySelector(".bottom-bar");
  if (bar) {
    scrollTo(0, document.documentElement.scrollHeight);
    const last = [...document.querySelectorAll("main .panel, main .btn")].filter(shown).reduce((low, each) => Math.max(low, each.getBoundingClientRect().bottom), 0);
    if (last > bar.getBoundingClientRect().top + 1) wrong.push(`the bottom bar covers ${Math.round(last - bar.getBoundingClientRect().top)} px of the page's end`);
  }
  return wrong;
}"""  # noqa: E501


@pytest.fixture
def account(cast: Cast) -> Account:
    return make_account("Daisy & Sons", owner=cast.salesperson)


@pytest.fixture
def records(cast: Cast, account: Account) -> dict[str, int]:
    make_contact(account)
    deal = make_deal("Daisies", owner=cast.salesperson, account=account, pipeline=make_pipeline())
    task = make_task(cast.head, "Call Daisy & Sons about the lobby", account=account, deal=deal)
    meeting = make_meeting(cast.head, account=account)
    records = {"deal": deal.pk, "account": account.pk, "task": task.pk, "meeting": meeting.pk}
    return records | waiting(cast, deal.pk)


def waiting(cast: Cast, deal: int) -> dict[str, int]:
    """A process that waits for the head: its page, its run, the work."""
    fields = [{"name": "discount", "label": "Discount, %", "kind": "number", "is_required": True}]
    approval = block("approval", "Approve", who={"kind": "head"}, declined=[], returned=[], fields=fields)
    process = make_process([approval, block("task", "Send", who={"kind": "owner"})], name="Offer")
    run = operations.start(process, deal, by=cast.salesperson, at=timezone.now())
    return {"process": process.pk, "run": run.pk, "work": run.work.get().pk}  # type: ignore[attr-defined]


def troubles(page: Page, address: str) -> list[str]:
    found = [f"{address}: {each}" for each in page.evaluate(MEASURE)]
    if (pixels := max(sideways(page), cards_beyond(page))) > 0:
        found.append(f"{address} is {pixels} px too wide")
    return found


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_fits_a_phone_and_a_thumb(
    cast: Cast, visit: Visit, records: dict[str, int], language: str
) -> None:
    """Russian words are a third longer."""
    cast.head.__class__.objects.filter(pk=cast.head.pk).update(language=language)
    page = visit(cast.head, "/", width=PHONE, has_touch=True, is_mobile=True)
    found = []
    for address in PAGES:
        page.goto(address.format(**records))
        page.wait_for_load_state("networkidle")
        found += troubles(page, address)
    assert found == []


def test_a_dialog_is_a_sheet_over_the_whole_phone_with_its_button_in_reach(
    cast: Cast, visit: Visit, records: dict[str, int]
) -> None:
    page = visit(cast.salesperson, f"/clients/{records['account']}/", width=PHONE, has_touch=True)
    page.get_by_role("link", name="Add contact").tap()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Name").first).to_be_visible()
    box = dialog.bounding_box()
    assert box is not None
    assert box["width"] == PHONE["width"]
    assert box["height"] >= PHONE["height"] - 60
    button = dialog.locator("button.btn-primary").bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= PHONE["height"]
    assert sideways(page) <= 0


@pytest.fixture
def point(cast: Cast, account: Account) -> ContactPoint:
    at = timezone.now()
    contact = make_contact(account)
    return ContactPoint.add(
        account, contact=contact, kind="phone", value="+74951234567", by=cast.salesperson, at=at
    )


def opened(page: Page) -> Any:
    page.locator("#people .point-edit").click()
    field = page.locator("#people .point-form [name=value]")
    expect(field).to_be_focused()
    return field


def test_a_phone_is_edited_by_a_tap_and_saved_by_a_tap_outside(
    cast: Cast, visit: Visit, point: ContactPoint
) -> None:
    page = visit(cast.salesperson, point.account.get_absolute_url(), width=PHONE, has_touch=True)
    opened(page).fill("+7 812 765-43-21")
    page.locator("h1").tap()
    expect(page.locator("#people").get_by_role("link", name="+7 812 765-43-21", exact=True)).to_be_visible()
    point.refresh_from_db()
    assert point.value == "+78127654321"
    page.locator(".toast-note").get_by_role("button", name="Undo").tap()
    expect(page.locator("#people").get_by_role("link", name="+7 495 123-45-67", exact=True)).to_be_visible()
    point.refresh_from_db()
    assert point.value == "+74951234567"


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_enter_and_tab_save_a_phone(cast: Cast, visit: Visit, point: ContactPoint, key: str) -> None:
    page = visit(cast.salesperson, point.account.get_absolute_url())
    opened(page).fill("+7 812 765-43-21")
    page.keyboard.press(key)
    if key == "Tab":
        page.keyboard.press("Tab")  # over the ✓ beside it
    expect(page.locator("#people").get_by_role("link", name="+7 812 765-43-21", exact=True)).to_be_visible()
    point.refresh_from_db()
    assert point.value == "+78127654321"


def test_escape_leaves_a_phone_as_it_was(cast: Cast, visit: Visit, point: ContactPoint) -> None:
    page = visit(cast.salesperson, point.account.get_absolute_url())
    opened(page).fill("+7 812 765-43-21")
    page.keyboard.press("Escape")
    expect(page.locator("#people .point-edit")).to_be_focused()
    expect(page.locator("#people").get_by_role("link", name="+7 495 123-45-67", exact=True)).to_be_visible()
    point.refresh_from_db()
    assert point.value == "+74951234567"


def test_a_wrong_phone_stays_open_with_the_reason_after_a_tap_outside(
    cast: Cast, visit: Visit, point: ContactPoint
) -> None:
    page = visit(cast.salesperson, point.account.get_absolute_url(), width=PHONE, has_touch=True)
    opened(page).fill("twelve")
    page.locator("h1").tap()
    expect(page.locator("#people .point-form [role=alert]")).to_contain_text("is not a phone number")
    expect(page.locator("#people .point-form [name=value]")).to_have_value("twelve")
    page.locator("#people .point-form [name=value]").fill("+7 812 765-43-21")
    page.locator("h1").tap()
    expect(page.locator("#people").get_by_role("link", name="+7 812 765-43-21", exact=True)).to_be_visible()


def test_a_phone_changed_without_a_network_stays_in_its_field(
    cast: Cast, visit: Visit, point: ContactPoint
) -> None:
    page = visit(cast.salesperson, point.account.get_absolute_url(), width=PHONE, has_touch=True)
    field = opened(page)
    field.fill("+7 812 765-43-21")
    page.context.set_offline(True)
    page.locator("h1").tap()
    expect(page.get_by_role("alert").filter(has_text="Your text is kept.")).to_be_visible()
    expect(field).to_have_value("+7 812 765-43-21")
    page.context.set_offline(False)
    page.get_by_role("button", name="Retry").tap()
    expect(page.locator("#people").get_by_role("link", name="+7 812 765-43-21", exact=True)).to_be_visible()


def test_a_deal_with_a_long_next_step_stays_within_the_screen(cast: Cast, visit: Visit) -> None:
    make_pipeline()
    account = make_account("Acme", owner=cast.salesperson)
    deal = make_deal("Roses", owner=cast.salesperson, account=account, amount=1_383_750)
    tomorrow = company_day(timezone.now()) + timedelta(days=1)
    deal.plan_next_step("Agree on the days of delivery", tomorrow, by=cast.salesperson, at=timezone.now())
    page = visit(cast.salesperson, "/deals/", width=PHONE)
    expect(page.get_by_role("link", name="Roses")).to_be_visible()
    assert cards_beyond(page) == 0
