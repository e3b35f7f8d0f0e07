"""From what is asked for to the lines of a document: products, prices by the rules, taxes, sums. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.arithmetic.totals import LineIn, Totals, line_amount, totals
from billing.models.paper_line import ByHand
from billing.taxes import Taxes
from catalog.models import Product
from catalog.pricing import Asked, Priced, price_lines
from foundation.errors import Refused
from foundation.money import TOO_LARGE

THOUSANDTH = Decimal("0.001")
TEN_THOUSANDTH = Decimal("0.0001")
HUNDRED = Decimal(100)
MOST_LINES = 2_000


@dataclass(frozen=True, kw_only=True)
class DraftLine:
    """What a person or a program asks for. Without a price the rules say it; without a tax rate the product does, or
    `tax_percent`: a tax as another system, or the line as it was before, said it."""

    product_id: int | None = None
    title: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    percent_by_hand: Decimal | None = None
    reason: str = ""
    tax_rate_id: int | None = None
    tax_percent: Decimal | None = None
    tax_name: str = ""
    exempt_reason: str = ""
    line_id: int | None = None
    calculated: dict[str, str] | None = None  # what was said of a product made to measure


@dataclass(frozen=True, kw_only=True)
class Around:
    """What of the document its lines depend on. `exempt_reason`: why the client pays no tax, empty when it does."""

    account_id: int
    currency: str
    on: Any
    mode: str
    rounding: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    promo_code: str = ""
    price_list_id: int | None = None
    exempt_reason: str = ""


def lined(asked: Sequence[DraftLine], around: Around) -> tuple[list[dict[str, Any]], Totals]:
    """The fields of each line, in order, and what they come to. A fixed number of statements for any number."""
    if len(asked) > MOST_LINES:
        raise Refused(_("A document has at most %(count)d lines.") % {"count": MOST_LINES})
    products = _products(asked)
    for place, line in enumerate(asked, 1):
        _refuse_what_cannot_be(line, place)
    prices = _prices(asked, around)
    taxes = Taxes(asked, products)
    rows = [
        _row(line, place, products.get(line.product_id or 0), prices.get(place), taxes, around)
        for place, line in enumerate(asked)
    ]
    return rows, add_up(rows, around)


def add_up(rows: Sequence[dict[str, Any]], around: Around) -> Totals:
    """Writes what each line comes to into the rows."""
    for row in rows:
        row["amount"] = line_amount(row["quantity"], row["price"], around.currency)
        if row["amount"] >= TOO_LARGE:
            raise Refused(_("“%(line)s” comes to too large an amount.") % {"line": row["title"]})
    found = totals(
        [LineIn(row["amount"], row["tax_rate"]) for row in rows],
        currency=around.currency,
        mode=around.mode,
        rounding=around.rounding,
        percent=around.percent,
        amount=around.amount,
    )
    if found.total >= TOO_LARGE:
        raise Refused(_("The document comes to too large an amount."))
    for row, out in zip(rows, found.lines, strict=True):
        row.update(discount=out.discount, net=out.net, tax=out.tax, gross=out.gross)
    return found


def asked_of(line: Any) -> DraftLine:
    """What was asked for when a line was written, so that it may be asked for again."""
    return DraftLine(
        line_id=line.pk,
        product_id=line.product_id,
        title=line.title,
        unit=line.unit,
        quantity=line.quantity,
        price=line.asked_price,
        percent_by_hand=line.percent_by_hand,
        reason=line.reason,
        tax_percent=line.tax_rate,
        tax_name=line.tax_name,
        exempt_reason=line.exempt_reason,
        calculated=line.calculated,
    )


def cost_of(lines: Sequence[Any]) -> Decimal | None:
    """Of all lines; unknown where that of one is unknown."""
    costs = [line.cost for line in lines]
    if None in costs or not costs:
        return None
    return sum((line.cost * line.quantity for line in lines), Decimal(0)).quantize(TEN_THOUSANDTH)


def _products(asked: Sequence[DraftLine]) -> dict[int, Product]:
    keys = {line.product_id for line in asked if line.product_id is not None}
    if not keys:
        return {}
    found = Product.objects.select_related("unit").in_bulk(keys)
    if len(found) < len(keys):
        raise Refused(_("A product of the lines is not there any more. Choose another."))
    return found


def _refuse_what_cannot_be(line: DraftLine, place: int) -> None:
    where = {"line": line.title or _("Line %(place)d") % {"place": place}}
    if not isinstance(line.quantity, Decimal) or line.quantity <= 0:
        raise Refused(_("%(line)s: the quantity must be more than nothing.") % where)
    if line.quantity != line.quantity.quantize(THOUSANDTH) or line.quantity >= Decimal(10) ** 11:
        raise Refused(_("%(line)s: a quantity has at most three decimals.") % where)
    if line.price is not None and not 0 <= line.price < TOO_LARGE:
        raise Refused(_("%(line)s: a price is nothing or more.") % where)
    if line.price is not None and line.price != line.price.quantize(TEN_THOUSANDTH):
        raise Refused(_("%(line)s: a price has at most four decimals.") % where)
    if line.percent_by_hand is not None and not 0 <= line.percent_by_hand <= HUNDRED:
        raise Refused(_("%(line)s: a discount is between 0 and 100 %%.") % where)
    if line.tax_percent is not None and not 0 <= line.tax_percent < HUNDRED * 10:
        raise Refused(_("%(line)s: a tax is between 0 and 999 %%.") % where)
    if line.product_id is None and not line.title.strip():
        raise Refused(_("%(line)s: choose a product or say what it is.") % where)
    if line.product_id is None and line.price is None:
        raise Refused(_("%(line)s: say its price.") % where)
    if line.price is not None and line.percent_by_hand is not None:
        raise Refused(_("%(line)s: set a price or a discount by hand, not both.") % where)


def _prices(asked: Sequence[DraftLine], around: Around) -> dict[int, Priced]:
    """By the place of the line; lines without a product say their own."""
    places = [place for place, line in enumerate(asked) if line.product_id is not None]
    if not places:
        return {}
    wanted = [
        Asked(
            product_id=asked[place].product_id or 0,
            quantity=asked[place].quantity,
            price=asked[place].price,
            percent_by_hand=asked[place].percent_by_hand,
            calculated=asked[place].calculated,
        )
        for place in places
    ]
    answers = price_lines(
        wanted,
        account_id=around.account_id,
        currency=around.currency,
        on=around.on,
        price_list_id=around.price_list_id,
        promo_codes=[around.promo_code] if around.promo_code else [],
    )
    return dict(zip(places, answers, strict=True))


def _row(
    line: DraftLine,
    place: int,
    product: Product | None,
    priced: Priced | None,
    taxes: Taxes,
    around: Around,
) -> dict[str, Any]:
    rate = taxes.of(line, product)
    return {
        "position": place,
        "product_id": line.product_id,
        "title": " ".join(line.title.replace("\x00", "").split())[:300] or _title(product, priced),
        "calculated": line.calculated,
        "unit": line.unit or (product.unit.symbol if product and product.unit else ""),
        "quantity": line.quantity,
        "list_price": priced.list_price if priced else None,
        "price": priced.price if priced else line.price,
        "asked_price": line.price,
        "by_hand": _by_hand(line),
        "percent_by_hand": line.percent_by_hand,
        "reason": line.reason[:200],
        "trace": priced.trace if priced else [],
        "cost": priced.cost if priced else None,
        **_taxed(rate, around),
    }


def _title(product: Product | None, priced: Priced | None) -> str:
    if priced is not None and priced.specification:
        return priced.specification
    return product.name if product else ""


def _taxed(rate: Any, around: Around) -> dict[str, Any]:
    if around.exempt_reason:
        return {"tax_name": "", "tax_rate": Decimal(0), "exempt_reason": around.exempt_reason[:200]}
    if rate is None:
        return {"tax_name": "", "tax_rate": Decimal(0), "exempt_reason": ""}
    return {
        "tax_name": rate.name[:40],
        "tax_rate": rate.percent,
        "exempt_reason": "" if rate.percent else rate.exempt_reason[:200],
    }


def _by_hand(line: DraftLine) -> str:
    """A line without a product has no rules to go against: its price is its price."""
    if line.product_id is None:
        return ByHand.NOTHING
    if line.price is not None:
        return ByHand.PRICE
    return ByHand.PERCENT if line.percent_by_hand is not None else ByHand.NOTHING
