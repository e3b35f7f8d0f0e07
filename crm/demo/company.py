"""Who works in the demo company, what it sells, how, and for which money."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import prefetch_related_objects

from accounts.models import Industry, Source, Tag
from catalog.models import Product
from crm.demo import words
from deals.models import LossReason, Pipeline, StageKind
from deals.testing import make_pipeline
from foundation.models import ExchangeRate
from users.models import Department, User
from users.testing import Cast, make_cast, make_user

RENEWAL_STAGES = [
    ("Term ends soon", StageKind.OPEN, 60, 5, "Ask how the year went before you name a price."),
    ("Terms offered", StageKind.OPEN, 75, 7, "Send the new terms; agree on the day of the answer."),
    ("Agreed", StageKind.OPEN, 90, 5, "Have the contract signed and the first delivery planned."),
    ("Renewed", StageKind.WON, 100, None, ""),
    ("Not renewed", StageKind.LOST, 0, None, ""),
]


@dataclass(frozen=True)
class Company:
    cast: Cast
    sellers: list[User]
    sales: Pipeline
    renewals: Pipeline
    products: list[Product]
    reasons: list[LossReason]
    industries: list[Industry]
    sources: list[Source]
    tags: list[Tag]


def make_company(now: datetime) -> Company:
    cast = make_cast()
    founded = now - timedelta(days=470)
    _make_rates(now)
    sales, renewals = make_pipeline("Sales"), make_pipeline("Renewals", RENEWAL_STAGES, position=1)
    prefetch_related_objects([sales, renewals], "stages")
    return Company(
        cast=cast,
        sellers=[cast.salesperson, cast.colleague, cast.head, *_make_teams(cast)],
        sales=sales,
        renewals=renewals,
        products=[
            Product.create(
                name=name, series=series, price=Decimal(price), currency="USD", by=cast.admin, at=founded
            )
            for name, series, price in words.PRODUCTS
        ],
        reasons=LossReason.objects.bulk_create(
            LossReason(name=name, position=place) for place, name in enumerate(words.LOSS_REASONS)
        ),
        industries=Industry.objects.bulk_create(Industry(name=name) for name in words.INDUSTRIES),
        sources=Source.objects.bulk_create(Source(name=name) for name in words.SOURCES),
        tags=Tag.objects.bulk_create(Tag(name=name) for name in words.TAGS),
    )


def _make_teams(cast: Cast) -> list[User]:
    """Two teams under Sales, so that a head sees the work of a subtree."""
    key_clients = Department.objects.create(name="Key clients", parent=cast.sales)
    retail = Department.objects.create(name="Retail", parent=cast.sales)
    dmitry = make_user("Dmitry Orlov", "head", department=key_clients, language="ru")
    grace = make_user("Grace Holt", "head", department=retail)
    for department, head in ((key_clients, dmitry), (retail, grace)):
        department.head = head
        department.save()
    nadia = make_user("Nadia Belova", "salesperson", department=key_clients, language="ru")
    peter = make_user("Peter Lang", "salesperson", department=retail)
    return [dmitry, grace, nadia, peter]


def _make_rates(now: datetime) -> None:
    """A rate a quarter for each foreign currency, drifting a little."""
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            currency=currency,
            on=(now - timedelta(days=91 * quarter + 7)).date(),
            rate=Decimal(rate) * (100 + drift * quarter) / 100,
            source="demo",
        )
        for currency, rate, drift in words.RATES
        for quarter in range(7)
    )
