"""The house's main job, done as people do it: with a keyboard, a mouse and two people at once."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.testing import make_account, make_contact
from deals.models import Deal, StageEvent
from deals.testing import make_deal, make_loss_reason, make_pipeline
from tests.browser.conftest import NARROW
from users.models import User
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def deal(cast: Cast) -> Deal:
    pipeline = make_pipeline()
    make_loss_reason("Too expensive")
    account = make_account("Ромашка Трейд", owner=cast.salesperson)
    make_contact(account)
    return make_deal("Daisies for the lobby", owner=cast.salesperson, account=account, pipeline=pipeline)


def stage_of(deal: Deal) -> str:
    return Deal.objects.select_related("stage").get(pk=deal.pk).stage.name


def until_in(stage: str, deal: Deal) -> None:
    """Wait for the server: the card has moved on the screen before the answer is there."""
    for _wait in range(100):
        if stage_of(deal) == stage:
            return
        time.sleep(0.05)
    assert stage_of(deal) == stage


def test_a_salesperson_signs_in_finds_a_client_and_moves_its_deal_by_keyboard_alone(
    cast: Cast, deal: Deal, visit: Visit
) -> None:
    page = visit(None, "/")
    page.wait_for_url("**/account/login/**")
    page.get_by_label("E-mail").first.focus()
    page.keyboard.type("sales@romashka.example")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)

    page.keyboard.press("Control+k")
    page.keyboard.type("hjvfirf")  # ромашка, typed without switching the keyboard
    expect(page.locator("#palette").get_by_text("Ромашка Трейд").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ромашка Трейд")
    expect(page.get_by_role("link", name="Daisies for the lobby").first).to_be_visible()

    page.goto("/deals/board/")
    page.locator(f"#deal-{deal.pk}").focus()
    page.keyboard.press("]")
    expect(page.locator(".board-column").nth(1).locator(f"#deal-{deal.pk}")).to_be_focused()
    expect(page.locator("[aria-live]").filter(has_text="Qualified").first).to_be_attached()
    until_in("Qualified", deal)
    page.keyboard.press("[")
    expect(page.locator(".board-column").nth(0).locator(f"#deal-{deal.pk}")).to_be_focused()
    until_in("First contact", deal)


def test_a_card_is_dragged_to_another_stage_and_the_heads_follow(
    cast: Cast, deal: Deal, visit: Visit
) -> None:
    page = visit(cast.salesperson, "/deals/board/")
    target = page.locator(".board-column").nth(2)
    page.locator(f"#deal-{deal.pk}").drag_to(target, target_position={"x": 60, "y": 20})
    expect(target.locator(f"#deal-{deal.pk}")).to_be_visible()
    expect(page.locator(".board-stage").nth(2).locator(".board-head")).to_contain_text("1")
    until_in("Proposal", deal)


def test_a_deal_cannot_be_lost_without_a_reason(cast: Cast, deal: Deal, visit: Visit) -> None:
    page = visit(cast.salesperson, f"/deals/{deal.pk}/")
    page.get_by_role("link", name="Lost").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("select").first.evaluate("field => field.required = false")
    dialog.get_by_role("button", name="Lost").or_(dialog.locator("button.btn-primary")).first.click()
    expect(dialog.locator(".trouble, .invalid-feedback, [role=alert]").first).to_be_visible()
    assert stage_of(deal) == "First contact"
    dialog.locator("select").first.select_option(label="Too expensive")
    dialog.locator("button.btn-primary").first.click()
    expect(page.get_by_text("Too expensive").first).to_be_visible()
    until_in("Lost", deal)


def test_the_second_of_two_people_is_told_and_nothing_is_lost(cast: Cast, deal: Deal, visit: Visit) -> None:
    first = visit(cast.salesperson, "/deals/board/")
    second = visit(cast.head, "/deals/board/")
    first.locator(f"#deal-{deal.pk}").focus()
    first.keyboard.press("]")
    expect(first.locator(".board-column").nth(1).locator(f"#deal-{deal.pk}")).to_be_visible()
    until_in("Qualified", deal)
    second.locator(f"#deal-{deal.pk}").focus()
    second.keyboard.press("]")
    expect(
        second.get_by_role("alert").filter(has_text="Sam Porter changed this deal meanwhile")
    ).to_be_visible()
    expect(second.locator(".board-column").nth(1).locator(f"#deal-{deal.pk}")).to_be_visible()
    assert stage_of(deal) == "Qualified"
    assert StageEvent.objects.filter(deal=deal).count() == 2


def test_without_a_network_the_card_goes_back_and_says_so(cast: Cast, deal: Deal, visit: Visit) -> None:
    page = visit(cast.salesperson, "/deals/board/")
    page.route("**/move/", lambda route: route.fulfill(status=503, body=""))
    page.locator(f"#deal-{deal.pk}").focus()
    page.keyboard.press("]")
    expect(page.get_by_text("Not saved").first).to_be_visible()
    expect(page.locator(".board-column").nth(0).locator(f"#deal-{deal.pk}")).to_be_visible()
    assert stage_of(deal) == "First contact"


def test_on_a_phone_a_deal_is_moved_by_its_menu(cast: Cast, deal: Deal, visit: Visit) -> None:
    page = visit(cast.salesperson, "/deals/board/", width=NARROW)
    page.locator(f"#deal-{deal.pk} [data-move-menu]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("select").first.select_option(label="Proposal")
    dialog.locator("button.btn-primary").first.click()
    expect(page.locator(".board-column").nth(2).locator(f"#deal-{deal.pk}")).to_be_attached()
    until_in("Proposal", deal)


def test_the_head_opens_the_rows_behind_a_figure_of_the_funnel(cast: Cast, deal: Deal, visit: Visit) -> None:
    page = visit(cast.head, "/reports/funnel/")
    row = page.get_by_role("row").filter(has_text="First contact").first
    row.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("link", name="Daisies for the lobby").first).to_be_visible()
    assert page.locator("tbody tr").count() == 1


def test_the_theme_and_the_language_are_remembered(cast: Cast, visit: Visit) -> None:
    page = visit(cast.salesperson, "/profile/")
    page.locator("#id_theme").select_option("dark")
    page.locator("#id_language").select_option("ru")
    page.locator("main button.btn-primary").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    me = User.objects.get(pk=cast.salesperson.pk)
    assert (me.theme, me.language) == ("dark", "ru")
