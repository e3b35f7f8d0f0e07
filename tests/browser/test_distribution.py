"""What nobody has is given by the rules, and a client to somebody else in two presses; both come back with one."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import Account
from accounts.testing import make_account
from deals.testing import make_deal, make_pipeline
from distribution.testing import make_distribution_rule
from tests.browser.conftest import NARROW, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


def test_a_head_distributes_leads_then_gives_one_away_and_takes_it_back(cast: Cast, visit: Visit) -> None:
    make_pipeline()
    make_distribution_rule("Leads", cast.salesperson, cast.colleague, fallback=cast.head)
    leads = {name: make_account(name, roles=["lead"]) for name in ("Acme", "Rose")}

    page = visit(cast.head, "/distribution/")
    assert violations(page) == []
    page.get_by_label("Acme").check()
    page.get_by_role("button", name="Distribute the ticked").click()
    expect(page.get_by_text("1 record given")).to_be_visible()
    expect(
        page.get_by_text("Given to Sam Porter by the rule “Leads”: in turn, number 1 of 2.")
    ).to_be_visible()
    page.get_by_role("link", name="Try the rules").click()
    expect(page.get_by_text("Given to Clara Benson by the rule “Leads”")).to_be_visible()
    assert violations(page) == []

    acme = leads["Acme"]
    make_deal("Roses for Acme", owner=cast.salesperson, account=acme)
    phone = visit(cast.head, acme.get_absolute_url(), width=NARROW, dark=True)
    phone.get_by_role("link", name="Give it to somebody else").click()
    dialog = phone.get_by_role("dialog")
    expect(dialog.get_by_label("Open deals (1)")).to_be_checked()
    assert violations(phone) == []
    assert not sideways(phone)
    dialog.get_by_role("button", name="Clara Benson").click()
    expect(phone.get_by_text("Acme now belongs to Clara Benson.")).to_be_visible()
    assert set(acme.deals.values_list("owner", flat=True)) == {cast.colleague.pk}

    phone.get_by_role("button", name="Undo").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Undo: Acme to Clara Benson")
    assert Account.objects.get(pk=acme.pk).owner == cast.salesperson
    assert set(acme.deals.values_list("owner", flat=True)) == {cast.salesperson.pk}
