"""The rail marks the door a page lies behind."""

import re

import pytest

from accounts.testing import make_account
from activities.testing import make_meeting
from deals.testing import make_deal, make_pipeline


@pytest.fixture
def addresses(cast):
    account = make_account("Daisy & Sons", owner=cast.salesperson)
    deal = make_deal("Daisies", owner=cast.salesperson, account=account, pipeline=make_pipeline())
    return {"meeting": make_meeting(cast.salesperson).pk, "deal": deal.pk, "account": account.pk}


@pytest.mark.parametrize(
    ("address", "door"),
    [
        ("/deals/", "deals"),
        ("/deals/{deal}/", "deals"),
        ("/clients/{account}/", "clients"),
        ("/meetings/{meeting}/", "calendar"),
        ("/absences/", "calendar"),
        ("/calls/new/?account={account}", "register"),
        ("/reports/funnel/", "funnel"),
        ("/reports/", "reports"),
        ("/my-day/focus/", "my_day"),
    ],
)
def test_a_page_stands_behind_one_door_of_the_rail(cast, client_of, addresses, address, door):
    page = client_of(cast.salesperson).get(address.format(**addresses)).content.decode()
    rail = page.split('class="rail', 1)[1].split("</nav>")[0]
    assert re.findall(r'data-place="(\w+)"[^>]*aria-current="page"', rail) == [door]
