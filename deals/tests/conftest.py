"""Deals of the cast, and a calendar that is read already, so that statements are counted alike in every order."""

from dataclasses import dataclass
from datetime import datetime

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from deals.models import Deal, Pipeline, Stage
from deals.queries.words import company_calendar
from deals.testing import make_deal, make_loss_reason, make_pipeline
from users.testing import Cast


@dataclass(frozen=True)
class Room:
    """A pipeline, a client and one open deal of the salesperson."""

    pipeline: Pipeline
    account: Account
    deal: Deal

    def stage(self, name: str) -> Stage:
        return self.pipeline.stages.get(name=name)


@pytest.fixture
def room(cast: Cast) -> Room:
    pipeline = make_pipeline()
    make_loss_reason()
    account = make_account("Acme Florists", owner=cast.salesperson)
    return Room(pipeline, account, make_deal(owner=cast.salesperson, account=account, pipeline=pipeline))


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def calendar(db: None) -> None:
    company_calendar.forget()
    company_calendar.days_since(timezone.now(), timezone.now())
