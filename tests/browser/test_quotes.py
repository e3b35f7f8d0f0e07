"""A quote on a phone, in the light and in the dark, and what a client opens of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from billing.models import QuoteLink
from billing.testing import line, make_quote, make_sent_quote
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def client(cast: Cast) -> Account:
    return make_account("Acme Florists", owner=cast.salesperson)


@pytest.mark.parametrize("is_dark", [False, True])
def test_pages_of_quotes_fit_a_phone_and_can_be_read(
    cast: Cast, client: Account, visit: Visit, is_dark: bool
) -> None:
    lines = [line(10, 4, "Roses, red and long, from Ecuador"), line(5, 1, "Ribbon")]
    draft, sent = make_quote(account=client, lines=lines), make_sent_quote(account=client, lines=lines)
    page = visit(cast.head, "/billing/quotes/", width=NARROW, dark=is_dark)
    steps = ("", "lines/", "edit/", "send/", "withdraw/")
    addresses = [
        "/billing/quotes/",
        "/billing/quotes/new/",
        *(f"/billing/quotes/{draft.pk}/{step}" for step in steps),
    ]
    addresses += [f"/billing/quotes/{sent.pk}/", QuoteLink.objects.get().path]
    for address in addresses:
        page.goto(address)
        assert violations(page) == [], address
        assert sideways(page) <= 0, address


def test_a_client_accepts_by_the_link_without_signing_in(cast: Cast, client: Account, visit: Visit) -> None:
    quote = make_sent_quote(account=client, lines=[line(10, 4, "Roses")])
    page = visit(cast.head, "/")
    page.context.clear_cookies()
    page.goto(QuoteLink.objects.get().path)
    page.get_by_label("Your name").fill("Ann Lee")
    page.get_by_label("I accept this quote").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("main")).to_contain_text("Accepted by Ann Lee")
    quote.refresh_from_db()
    assert quote.state == "accepted"
