"""An invoice repeated in a dialog and stopped; a credit limit set from the client's card."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.testing import make_account
from billing.models import CreditLimit, RecurringInvoice
from billing.testing import make_invoice, make_legal_entity
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


def test_an_invoice_is_repeated_and_stopped_in_dialogs(cast: Cast, visit: Visit) -> None:
    make_legal_entity()
    invoice = make_invoice(100, account=make_account("Acme Florists", owner=cast.salesperson))
    page = visit(cast.salesperson, invoice.get_absolute_url())
    page.get_by_text("More actions").locator("..").click()
    page.get_by_role("link", name="Repeat…").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("What it is for").fill("Flowers of the hall")
    dialog.get_by_label("On which day of the month").select_option("the last day of the month")
    assert violations(page) == []
    dialog.get_by_role("button", name="Repeat").click()
    page.wait_for_url("**/billing/recurring/*/")
    page.locator("html[data-ready]").wait_for(state="attached")
    expect(page.get_by_text("every month on the last day", exact=True)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Stop…").click()
    page.locator("dialog[open]").get_by_label("Why").fill("They pause")
    page.locator("dialog[open]").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped: They pause")).to_be_visible()
    assert RecurringInvoice.objects.get().stop_reason == "They pause"
    page.goto("/billing/recurring/")
    expect(page.get_by_role("link", name="Flowers of the hall")).to_be_visible()
    assert violations(page) == []


def test_they_fit_a_phone(cast: Cast, visit: Visit) -> None:
    make_legal_entity()
    invoice = make_invoice(100, account=make_account("Acme Florists", owner=cast.salesperson))
    RecurringInvoice.repeat(
        invoice,
        "FREQ=WEEKLY",
        invoice.due_on,
        by=cast.robot,
        at=invoice.issued_at,
        title="Flowers of the hall",
    )
    for address in ("/billing/recurring/", RecurringInvoice.objects.get().get_absolute_url()):
        page = visit(cast.salesperson, address, width=NARROW)
        assert sideways(page) <= 0
        assert violations(page) == []


def test_a_credit_limit_is_set_from_the_clients_card(cast: Cast, visit: Visit) -> None:
    make_legal_entity()
    account = make_account("Acme Florists", owner=cast.salesperson)
    make_invoice(100, account=account)
    page = visit(cast.head, account.get_absolute_url())
    page.get_by_role("link", name="Credit limit").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Credit limit").fill("1,000")
    dialog.get_by_label("Why").fill("A good payer")
    assert violations(page) == []
    dialog.get_by_role("button", name="Set").click()
    expect(page.locator(".money-figure", has_text="Credit limit")).to_contain_text("900.00")
    assert CreditLimit.objects.get().amount == 1_000
