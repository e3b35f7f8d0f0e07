"""Lines of an invoice as its page shows them, and why a line has its price."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models.paper_line import ByHand
from billing.queries.amounts import number_text, percent_text, plain_amount, price_text

MOST = 200
HUNDRED = Decimal(100)
# The steps of docs/algorithms/pricing.md. One that is not among them stands as it calls itself.
STEPS = {
    "plain": gettext_lazy("Plain price"),
    "list": gettext_lazy("Price list"),
    "derived": gettext_lazy("Derived price list"),
    "cost": gettext_lazy("From the cost"),
    "calculated": gettext_lazy("Calculated"),
    "bundle": gettext_lazy("Bundle"),
    "quantity": gettext_lazy("Quantity"),
    "rate": gettext_lazy("Exchange rate"),
    "agreed": gettext_lazy("Agreed with the client"),
    "level": gettext_lazy("Loyalty level"),
    "rule": gettext_lazy("Discount"),
    "promo": gettext_lazy("Promo code"),
    "limit": gettext_lazy("Largest discount of the list"),
    "manual": gettext_lazy("By hand"),
    "rounding": gettext_lazy("Rounding"),
}
SECRET = {"cost"}  # steps that give away what it costs us


@dataclass(frozen=True)
class LineRow:
    """A line in words. `margin` is empty for those who may not know costs."""

    place: int
    title: str
    quantity: str
    unit: str
    price: str
    discount: str
    is_by_hand: bool
    tax: str
    exempt: str
    net: str
    gross: str
    margin: str
    why_url: str


@dataclass(frozen=True)
class Lines:
    """`more` lines are not shown; None of them where all are."""

    rows: list[LineRow]
    count: int
    more: int


@dataclass(frozen=True)
class Step:
    what: str
    name: str
    before: str
    after: str
    note: str


def rows_of(invoice: Any, *, sees_costs: bool, is_whole: bool, why: str = "billing:why") -> Lines:
    """One statement; two where there are more lines than a page shows at first. `why` is the door that says why a line
    has its price."""
    found = invoice.lines.order_by("position", "pk").defer("trace")
    lines = list(found if is_whole else found[: MOST + 1])
    count = len(lines)
    if count > MOST and not is_whole:
        count, lines = invoice.lines.count(), lines[:MOST]
    rows = [_row(line, place, invoice, sees_costs, why) for place, line in enumerate(lines, 1)]
    return Lines(rows, count, count - len(rows))


def _row(line: Any, place: int, invoice: Any, sees_costs: bool, why: str) -> LineRow:
    currency = invoice.currency
    return LineRow(
        place=place,
        title=line.title,
        quantity=number_text(line.quantity),
        unit=line.unit,
        price=price_text(line.price, currency),
        discount=discount_text(line),
        is_by_hand=line.by_hand != ByHand.NOTHING,
        tax=tax_text(line),
        exempt=line.exempt_reason,
        net=plain_amount(line.net, currency),
        gross=plain_amount(line.gross, currency),
        margin=_margin(line, currency) if sees_costs else "",
        why_url=reverse(why, args=[invoice.pk, line.pk]),
    )


def discount_text(line: Any) -> str:
    """What the price is below the list price, in percent."""
    if not line.list_price or line.price >= line.list_price:
        return ""
    return percent_text(round((line.list_price - line.price) / line.list_price * HUNDRED, 2))


def tax_text(line: Any) -> str:
    return percent_text(line.tax_rate) if line.tax_rate else _("no tax")


def _margin(line: Any, currency: str) -> str:
    if line.cost is None:
        return "—"
    margin = line.net - line.cost * line.quantity
    said = plain_amount(margin, currency)
    return f"{said} ({percent_text(round(margin / line.net * HUNDRED, 1))})" if line.net else said


def steps_of(line: Any, currency: str, *, sees_costs: bool) -> list[Step]:
    """How the price came about, step by step; those that give away a cost are left out for others."""
    said = [each for each in line.trace if isinstance(each, Mapping)]
    shown = [each for each in said if sees_costs or not _tells_cost(each)]
    return [
        Step(
            what=str(STEPS.get(str(each.get("step")), each.get("step") or "")),
            name=str(each.get("name") or ""),
            before=_price(each.get("before"), currency),
            after=_price(each.get("after"), currency),
            note=str(each.get("note") or each.get("why") or ""),
        )
        for each in shown
    ]


def _tells_cost(step: Mapping[str, Any]) -> bool:
    return step.get("step") in SECRET or "cost" in step or step.get("base") == "cost"


def _price(said: Any, currency: str) -> str:
    if said in (None, ""):
        return ""
    try:
        return price_text(Decimal(str(said)), currency)
    except InvalidOperation:
        return str(said)
