from dataclasses import dataclass
from datetime import datetime

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from changes.models import ChangeKind, ChangeSet
from changes.recording import change_set
from users.testing import Cast


@dataclass(frozen=True)
class Room:
    """Two clients of the salesperson, whom the head gave to a colleague in one go."""

    accounts: list[Account]
    given: ChangeSet
    now: datetime


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def room(cast: Cast, now: datetime) -> Room:
    accounts = [make_account(name, owner=cast.salesperson) for name in ("Acme", "Bloom")]
    with change_set(ChangeKind.REASSIGNMENT, title="To Clara", by=cast.head, at=now) as changes:
        for account in accounts:
            account.assign(cast.colleague, by=cast.head, at=now)
        changes.skip("client", 1, "Closed for us", "You may not change it.")
    return Room(accounts, changes.change_set, now)
