"""Every main page, wide and narrow, light and dark: axe finds nothing, nothing sticks out, nothing complains."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.testing import make_account, make_contact
from deals.testing import make_deal, make_pipeline
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast

PAGES = [
    "/deals/board/",
    "/deals/",
    "/deals/{deal}/",
    "/deals/new/",
    "/deals/{deal}/edit/",
    "/clients/",
    "/clients/{account}/",
    "/clients/new/",
    "/clients/{account}/edit/",
    "/reports/",
    "/reports/funnel/",
    "/reports/funnel/?view=cohort",
    "/reports/won-by-person/",
    "/import/",
    "/profile/",
    "/search/?q=daisy",
    "/nowhere/",
]


@pytest.fixture
def records(cast: Cast) -> dict[str, int]:
    pipeline = make_pipeline()
    account = make_account("Daisy & Sons", owner=cast.salesperson)
    make_contact(account)
    deals = [
        make_deal(
            f"Daisies {number}",
            owner=cast.salesperson,
            account=account,
            pipeline=pipeline,
            won=number == 3,
            lost=number == 4,
        )
        for number in range(6)
    ]
    return {"deal": deals[0].pk, "account": account.pk}


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["1440", "390"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_are_accessible_and_fit(
    cast: Cast, visit: Callable[..., Page], records: dict[str, int], width: Any, dark: bool
) -> None:
    page = visit(cast.head, "/", width=width, dark=dark)
    problems = []
    for address in PAGES:
        page.goto(address.format(**records))
        page.wait_for_load_state("networkidle")
        problems += [f"{address} {problem}" for problem in violations(page)]
        if (pixels := sideways(page)) > 0:
            problems.append(f"{address} is {pixels} px too wide")
    assert problems == []


def test_the_sign_in_page_is_accessible(visit: Callable[..., Page], transactional_db: None) -> None:
    page = visit(None, "/account/login/")
    assert violations(page) == []
