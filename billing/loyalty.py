"""Levels follow what was invoiced within a year; points what was paid. Credits take both back."""

from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.models import Invoice, InvoiceKind
from catalog.models import LoyaltyLevel, LoyaltyStanding, PointsEntry
from catalog.models.loyalty import balance_of
from foundation.clock import company_day
from users.models import User

YEAR = timedelta(days=365)
PENNY = Decimal("0.01")
WORTH = DecimalField(max_digits=24, decimal_places=4)


def move_levels(*, at: datetime) -> int:
    """All clients whose level is another one than what they bought in the last year gives. How many moved.

    One statement reads the sums of all clients; each that moves is moved by itself, so that one that cannot does not
    stop the others.
    """
    levels = _levels()
    if not levels and not LoyaltyStanding.objects.exists():
        return 0
    bought = _bought(company_day(at))
    had = dict(LoyaltyStanding.objects.values_list("account_id", "level_id"))
    moving = {
        key: level
        for key in bought.keys() | had.keys()
        if _key(level := _level(levels, bought.get(key, Decimal(0)))) != had.get(key)
    }
    robot, moved = User.objects.robot(), 0
    for account in Account.objects.filter(pk__in=moving).order_by("pk").iterator():
        moved += LoyaltyStanding.put(account, moving[account.pk], by=robot, at=at)
    return moved


def move_level(account_id: int, *, at: datetime, cause: Any = None) -> None:
    """One client's. Two statements where the company has no levels."""
    levels = _levels()
    standing = LoyaltyStanding.objects.filter(account=account_id).first()
    if not levels and standing is None:
        return
    bought = _bought(company_day(at), account_id).get(account_id, Decimal(0))
    account = Account.objects.filter(pk=account_id).first()
    if account is not None:
        LoyaltyStanding.put(account, _level(levels, bought), by=User.objects.robot(), at=at, cause=cause)


def earn(invoice_id: int, *, at: datetime, cause: Any = None) -> None:
    """Points for a paid invoice, by the level the client has now; once for an invoice, whole pennies of points."""
    invoice = Invoice.objects.select_related("account").get(pk=invoice_id)
    standing = LoyaltyStanding.objects.select_related("level").filter(account=invoice.account_id).first()
    if standing is None or not invoice.total or invoice.base_total is None or invoice.is_credit_note:
        return
    paid = invoice.base_total * invoice.paid / invoice.total
    points = (paid * standing.level.points_percent / 100).quantize(PENNY, rounding=ROUND_FLOOR)
    if points > 0:
        PointsEntry.move(
            invoice.account,
            points,
            reason=_("%(number)s paid") % {"number": invoice.number},
            source=f"invoice:{invoice.pk}",
            by=User.objects.robot(),
            at=at,
            cause=cause,
        )


def take_back(invoice_id: int, credit_note_id: int, *, at: datetime, cause: Any = None) -> None:
    """Of the points the invoice gave, the share that the credit note takes back, as far as there are any left."""
    entry = PointsEntry.objects.filter(source=f"invoice:{invoice_id}").first()
    if entry is None:
        return
    invoice, note = (
        Invoice.objects.select_related("account").get(pk=invoice_id),
        Invoice.objects.get(pk=credit_note_id),
    )
    share = (entry.amount * note.total / invoice.total).quantize(PENNY, rounding=ROUND_FLOOR)
    points = min(share, balance_of(invoice.account_id))
    if points > 0:
        PointsEntry.move(
            invoice.account,
            -points,
            reason=_("%(number)s credited") % {"number": invoice.number},
            source=f"credit:{credit_note_id}",
            by=User.objects.robot(),
            at=at,
            cause=cause,
        )


def _bought(today: date, account_id: int | None = None) -> dict[int, Decimal]:
    """Net in the company's currency by client, credit notes taken off. One statement."""
    issued = Invoice.objects.filter(issued_at__isnull=False, dated_on__gt=today - YEAR, dated_on__lte=today)
    if account_id is not None:
        issued = issued.filter(account=account_id)
    worth = F("net") * F("rate")
    nothing = Value(Decimal(0), output_field=WORTH)
    sums = (
        issued.order_by()
        .values_list("account")
        .annotate(
            plus=Coalesce(Sum(worth, filter=Q(kind=InvoiceKind.INVOICE), output_field=WORTH), nothing),
            minus=Coalesce(Sum(worth, filter=Q(kind=InvoiceKind.CREDIT_NOTE), output_field=WORTH), nothing),
        )
    )
    return {key: plus - minus for key, plus, minus in sums}


def _levels() -> list[LoyaltyLevel]:
    return list(LoyaltyLevel.objects.filter(is_active=True).order_by("from_amount"))


def _level(levels: list[LoyaltyLevel], bought: Decimal) -> LoyaltyLevel | None:
    """The highest that begins not above what was bought."""
    reached = [each for each in levels if each.from_amount <= bought]
    return reached[-1] if reached else None


def _key(level: LoyaltyLevel | None) -> int | None:
    return level.pk if level else None
