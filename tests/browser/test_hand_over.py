"""A colleague leaves: all of theirs is previewed, picked, handed over and taken back, with axe at every step."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from activities.testing import make_task
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


def test_a_head_hands_over_two_clients_picks_one_and_takes_it_all_back(cast: Cast, visit: Visit) -> None:
    sam = cast.salesperson
    make_pipeline()
    clients = [make_account(name, owner=sam) for name in ("Acme", "Rose")]
    for account in clients:
        make_deal(f"Flowers for {account}", owner=sam, account=account, amount=5000)
        make_task(sam, f"Call {account}", account=account, due_on=timezone.localdate() + timedelta(days=2))

    page = visit(cast.head, f"/users/{sam.pk}/hand-over/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand over: Sam Porter")
    assert violations(page) == []
    page.get_by_label("Shut out at once").check()
    page.get_by_label("Clara Benson").check()
    page.get_by_label("Helena Marsh").check()
    page.get_by_label("equally").check()
    page.get_by_role("button", name="Show who would get what").click()
    expect(page.get_by_role("button", name="Hand over 6 records")).to_be_visible()
    assert violations(page) == []

    page.get_by_label("Goes to: Acme").select_option(label="Clara Benson")
    page.get_by_label("Goes to: Rose").select_option(label="Clara Benson")
    page.get_by_role("button", name="Keep these picks").click()
    clara = page.get_by_role("row", name="Clara Benson")
    expect(clara).to_contain_text("10,000.00")

    page.get_by_role("button", name="Hand over 6 records").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Portfolio of Sam Porter")
    expect(page.get_by_role("link", name="Undo…")).to_be_visible()
    assert not Account.objects.filter(owner=sam).exists()

    phone = visit(cast.colleague, clients[0].get_absolute_url(), width=NARROW, dark=True)
    expect(phone.get_by_text("Handed over by Sam Porter to Clara Benson on")).to_be_visible()
    phone.get_by_role("link", name="Dossier").click()
    expect(phone.get_by_role("heading", name="Open promises")).to_be_visible()
    assert violations(phone) == []
    assert not sideways(phone)

    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo 6 changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo: Portfolio of Sam Porter")
    sam.refresh_from_db()
    assert sam.is_active
    assert set(Account.objects.values_list("owner", flat=True)) == {sam.pk}
