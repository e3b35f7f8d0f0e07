"""Through a stage that asks for something: with the keyboard on the board, and by a click on the path."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.testing import make_account, make_contact
from deals.models import Deal
from deals.testing import make_deal, make_pipeline, make_rule
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def deal(cast: Cast) -> Deal:
    pipeline = make_pipeline()
    make_rule(pipeline.stages.get(name="Qualified"), needs=["amount", "next_step"])
    return make_deal("Daisies for the lobby", owner=cast.salesperson, pipeline=pipeline, amount=None)


def test_the_keyboard_moves_a_deal_through_a_stage_that_asks(cast: Cast, deal: Deal, visit: Visit) -> None:
    page = visit(cast.salesperson, "/deals/board/")
    card = page.locator(f"#deal-{deal.pk}")
    card.focus()
    page.keyboard.press("]")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Amount")).to_be_focused()
    expect(page.locator(".board-column").nth(0).locator(f"#deal-{deal.pk}")).to_be_attached()
    page.keyboard.press("Escape")
    expect(card).to_be_focused()

    page.keyboard.press("]")
    expect(dialog.get_by_label("Amount")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("1200")
    dialog.get_by_label("Next step", exact=True).focus()
    page.keyboard.type("Send the offer")
    dialog.get_by_label("Day of the next step").evaluate("field => field.required = false")
    page.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]")).to_contain_text("Day of the next step")
    expect(dialog.get_by_label("Amount")).to_have_value("1200")
    dialog.get_by_label("Day of the next step").fill("2030-05-01")
    page.keyboard.press("Enter")
    expect(page.locator(".board-column").nth(1).locator(f"#deal-{deal.pk}")).to_be_visible()
    expect(page.get_by_text("Moved to “Qualified”").first).to_be_visible()
    deal.refresh_from_db()
    assert (deal.stage.name, deal.amount, deal.next_step) == ("Qualified", 1200, "Send the offer")


def test_a_click_on_the_path_opens_the_same_dialog_and_a_head_may_say_why_not(
    cast: Cast, deal: Deal, visit: Visit
) -> None:
    page = visit(cast.head, f"/deals/{deal.pk}/", width=NARROW, dark=True)
    page.locator(".path").get_by_role("button", name="Qualified").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Amount")).to_be_visible()
    assert sideways(page) == 0
    assert violations(page) == []
    dialog.get_by_label("Why move it anyway?").fill("They sign tomorrow")
    dialog.get_by_role("button", name="Save and move").click()
    expect(page.get_by_text("Against the rules of the stage: They sign tomorrow").first).to_be_visible()
    deal.refresh_from_db()
    assert deal.stage.name == "Qualified"


def test_a_click_on_the_path_to_a_stage_that_asks_nothing_just_moves(
    cast: Cast, deal: Deal, visit: Visit
) -> None:
    page = visit(cast.salesperson, f"/deals/{deal.pk}/")
    page.locator(".path").get_by_role("button", name="Proposal").click()
    expect(page.locator(".path [aria-current=step]")).to_contain_text("Proposal")
    expect(page.get_by_text("Moved to “Proposal”").first).to_be_visible()


def test_the_contacts_follow_the_client_chosen_in_the_dialog(cast: Cast, deal: Deal, visit: Visit) -> None:
    make_rule(deal.pipeline.stages.get(name="Proposal"), needs=["account", "contact"])
    account = make_account("Acme Florists", owner=cast.salesperson)
    make_contact(account, name="Rosa Bloom")
    make_account("Acme Gardens", owner=cast.salesperson)
    page = visit(cast.salesperson, f"/deals/{deal.pk}/")
    page.locator(".path").get_by_role("button", name="Proposal").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Client", exact=True).press_sequentially("acme")
    dialog.get_by_role("radio", name="Acme Florists").check()
    dialog.get_by_label("Contact", exact=True).select_option(label="Rosa Bloom")
    dialog.get_by_role("button", name="Save and move").click()
    expect(page.locator(".path [aria-current=step]")).to_contain_text("Proposal")
    assert deal.deal_contacts.get().contact.name == "Rosa Bloom"
