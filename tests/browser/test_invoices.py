"""An invoice by keyboard only: begun, its lines written, moved and taken away, saved and issued."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from billing.models import Invoice
from billing.testing import line, make_draft, make_invoice, make_legal_entity
from catalog.models import Product, TaxRate
from catalog.testing import make_product
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def client(cast: Cast) -> Account:
    make_legal_entity()
    TaxRate.objects.create(name="VAT", percent=Decimal(20), is_default=True)
    make_product("Roses, red", 20, code="R-1")
    make_product("Tulips", 3)
    return make_account("Acme Florists", owner=cast.salesperson)


def test_an_invoice_is_written_and_issued_by_keyboard(cast: Cast, client: Account, visit: Visit) -> None:
    page = visit(cast.salesperson, "/billing/")
    page.keyboard.press("n")
    expect(page.locator("dialog[open]").get_by_role("searchbox", name="Client", exact=True)).to_be_focused()
    page.keyboard.type("acme")
    expect(page.get_by_role("radio", name="Acme Florists")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/lines/")
    page.locator("html[data-ready]").wait_for(state="attached")

    rows, totals = page.locator("[data-line-row]"), page.locator("#lines-totals")
    expect(rows.first.locator(".line-title")).to_be_focused()
    page.keyboard.type("ros")
    expect(page.get_by_role("option", name="Roses, red")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    expect(totals).to_contain_text("72.00")
    page.keyboard.press("Enter")
    page.keyboard.type("Delivery")
    for _stop in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("25.50")
    expect(totals).to_contain_text("102.60")
    page.keyboard.press("Enter")
    page.keyboard.type("Mistake")
    page.keyboard.press("Alt+Delete")
    expect(rows).to_have_count(2)
    page.keyboard.press("Alt+ArrowUp")
    expect(rows.first.locator(".line-title")).to_have_value("Delivery")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: not url.endswith("/lines/"))
    invoice = Invoice.objects.get()
    assert [each.title for each in invoice.lines.all()] == ["Delivery", "Roses, red"]
    assert invoice.total == Decimal("102.60")

    page.get_by_role("link", name="Issue").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_contain_text("is locked")
    expect(page.get_by_role("button", name="Issue for 102.60")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main .page-head h1")).to_contain_text("Invoice ")
    assert violations(page) == []


def test_from_a_deal_to_its_paid_invoice_by_keyboard_only(cast: Cast, client: Account, visit: Visit) -> None:
    """Tab, Enter and what is typed: no pointer, and no focus set by the test."""
    now = timezone.now()
    deal = make_deal("Wedding", owner=cast.salesperson, account=client, pipeline=make_pipeline(), amount=60)
    deal.add_line(Product.objects.get(code="R-1"), Decimal(3), by=cast.salesperson, at=now)
    page = visit(cast.admin, deal.get_absolute_url())
    press(page, "Invoice")
    page.wait_for_url("**/lines/")
    page.locator("html[data-ready]").wait_for(state="attached")
    expect(page.locator("#lines-totals")).to_contain_text("72.00")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: not url.endswith("/lines/"))
    press(page, "Issue")
    expect(page.get_by_role("button", name="Issue for 72.00")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main .page-head h1")).to_contain_text("Invoice ")
    press(page, "Receive a payment")
    expect(page.locator("dialog[open]").get_by_label("Amount", exact=False).first).to_have_value(
        re.compile("72")
    )
    press(page, "Receive", inside="dialog[open]")
    page.wait_for_url("**/payments/*/")
    invoice = Invoice.objects.get()
    assert (invoice.deal, invoice.state, invoice.total, invoice.due) == (deal, "paid", Decimal(72), 0)
    page.goto(deal.get_absolute_url())
    expect(page.locator("main")).to_contain_text("paid")


def press(page: Page, name: str, *, inside: str = "main") -> None:
    """Tab to the button or link of that name, as somebody without a mouse would, and press Enter."""
    page.locator("html[data-ready]").wait_for(state="attached")
    page.locator(inside).first.wait_for()
    wanted = (
        f"(place) => place.closest({inside!r}) && place.matches('a, button') ? place.innerText.trim() : ''"
    )
    for _stop in range(150):
        if page.evaluate(f"({wanted})(document.activeElement)") == name:
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"No Tab leads to {name}.")


@pytest.mark.parametrize("is_dark", [False, True])
def test_pages_of_invoices_fit_a_phone_and_can_be_read(
    cast: Cast, client: Account, visit: Visit, is_dark: bool
) -> None:
    draft = make_draft(account=client, lines=[line(10, 1, "Vase"), line(5, 1, "Ribbon")])
    issued = make_invoice(account=client, lines=[line(10, 4, "Roses"), line(5, 1, "Ribbon")])
    issued.credit(
        reason="Wilted", lines=[(issued.lines.first().pk, Decimal(1))], by=cast.robot, at=issued.issued_at
    )
    page = visit(cast.head, "/billing/", width=NARROW, dark=is_dark)
    addresses = ["/billing/", "/billing/new/", *(f"/billing/{draft.pk}/{name}" for name in (
        "", "lines/", "edit/", "instalments/", "issue/", "discard/"
    )), *(f"/billing/{issued.pk}/{name}" for name in ("", "credit/", "write-off/"))]  # fmt: skip
    for address in addresses:
        page.goto(address)
        assert violations(page) == [], address
        assert sideways(page) <= 0, address
