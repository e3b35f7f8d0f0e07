"""What clients get for less: lists, discounts, terms and levels; and a day of the bank that waits for a person."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.loyalty import move_levels
from billing.models import BankAccount, BankStatement, Invoice, MarginRule
from catalog.models import DiscountRule, LoyaltyLevel, PointsEntry, PriceList, PriceTerms, Product
from crm.demo.company import Company
from foundation.clock import company_day
from users.models import Role

LEVELS = [("Silver", 20_000, 2, 1), ("Gold", 60_000, 4, 2)]


def offer_prices(company: Company, now: datetime) -> None:
    """Said at the end, so that the invoices of the past keep the prices they were issued at."""
    told: dict[str, Any] = {"by": company.cast.admin, "at": now}
    wholesale = PriceList.create(
        name="Wholesale", base_kind="plain", percent=Decimal(-12), step=Decimal("0.05"), surcharge=Decimal(0),
        largest_discount=Decimal(25), is_by_agreement=True, **told,
    )  # fmt: skip
    partners = PriceList.create(
        name="Partners", base_kind="list", base=wholesale, percent=Decimal(-3), is_by_agreement=True, **told
    )
    dearest = Product.objects.order_by("-price")[:3]
    prices = [(each.pk, Decimal(0), (each.price * Decimal("0.8")).quantize(Decimal(1))) for each in dearest]
    partners.put_prices(prices, **told)
    ends = company_day(now) + timedelta(days=30)
    DiscountRule.create(
        name="Ten of a kind",
        value=Decimal(5),
        least_quantity=Decimal(10),
        valid_from=None,
        position=10,
        **told,
    )
    DiscountRule.create(
        name="Winter campaign",
        value=Decimal(15),
        stacking="alone",
        promo_code="WINTER",
        valid_to=ends,
        **told,
    )
    for name, amount, percent, points in LEVELS:
        LoyaltyLevel.create(
            name=name,
            from_amount=Decimal(amount),
            percent=Decimal(percent),
            points_percent=Decimal(points),
            **told,
        )
    move_levels(at=now)
    MarginRule.create(
        name="Deep discounts", discount_from=Decimal(20), approver=Role.objects.get(key="head"), **told
    )
    _agree(company, [wholesale, partners], now)
    _bring_a_day_of_the_bank(company, now)


def _agree(company: Company, lists: list[PriceList], now: datetime) -> None:
    latest = Invoice.objects.issued().filter(owner=company.cast.salesperson).select_related("account__owner")
    clients = list(dict.fromkeys(each.account for each in latest.order_by("-dated_on", "-pk")[:20]))[
        : len(lists)
    ]
    for client, price_list in zip(clients, lists, strict=False):
        PriceTerms.agree(
            client, price_list=price_list, valid_from=company_day(now), reason="A year together",
            by=company.cast.head, at=now,
        )  # fmt: skip
        PointsEntry.move(
            client, Decimal(150), reason="Welcome to the programme", by=company.cast.head, at=now
        )


def _bring_a_day_of_the_bank(company: Company, now: datetime) -> None:
    """One line names an invoice without saying who paid, one says nothing anybody knows."""
    ours = BankAccount.objects.filter(currency="USD", is_active=True).first()
    invoice = (
        Invoice.objects.unsettled()
        .filter(currency="USD", kind="invoice")
        .order_by("-dated_on", "-pk")
        .first()
    )
    if ours is None or invoice is None:
        return
    day = company_day(now).isoformat()
    lines = [
        "Date,Amount,Payer,Description",
        f"{day},{invoice.due:.2f},{invoice.account.name.replace(',', ' ')},Payment of invoice {invoice.number}",
        f"{day},480.00,Harbour Trading Ltd,Flowers",
    ]
    content = "\n".join(lines).encode()
    BankStatement.bring(
        content, file_name="meadow-bank.csv", bank_account=ours, by=company.cast.accountant, at=now
    )
