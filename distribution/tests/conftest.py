from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from deals.models import Deal
from deals.testing import make_deal
from distribution.models import Record
from distribution.operations import distribute


@dataclass
class Desk:
    """Gives leads and deals as they come, by the robot."""

    cast: Any
    now: datetime

    def lead(self, name: str = "New lead", **fields: Any) -> Account:
        return make_account(name, roles=["lead"], **fields)

    def deal(self, title: str = "New deal", **fields: Any) -> Deal:
        return make_deal(title, owner=None, **fields)

    def give(self, *records: Any, at: datetime | None = None) -> list[Any]:
        """Distribute these, one after the other; who has each then."""
        for each in records:
            kind = Record.DEAL if isinstance(each, Deal) else Record.LEAD
            distribute(kind, [each.pk], by=self.cast.robot, at=at or self.now)
            each.refresh_from_db()
        return [each.owner for each in records]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def desk(cast: Any, now: datetime) -> Desk:
    return Desk(cast, now)
