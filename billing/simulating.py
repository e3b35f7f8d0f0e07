"""What a price list would have made of what was sold: an answer before it is in use. Writes nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceKind
from catalog.models import PriceList, Product
from catalog.pricing.asking import DIGITS
from catalog.pricing.book import Book
from catalog.pricing.listing import listed_in
from foundation.errors import Refused
from foundation.money import rounded

MOST = 20_000  # a product in one quantity is asked for once
SHOWN = 50
NOTHING = Decimal(0)
# A product in a quantity: how often it was sold so, for how much, and what it was at list prices; in the company's
# currency at the rates of the documents' days.
SOLD = """
    WITH sold AS (
        SELECT line.product_id AS product, line.invoice_id, sum(line.quantity) AS quantity,
               sum((line.amount - line.discount) * invoice.rate) AS worth,
               sum(line.list_price * line.quantity * invoice.rate) AS at_list
        FROM billing_invoiceline AS line JOIN ({invoices}) AS invoice ON invoice.id = line.invoice_id
        WHERE line.product_id IS NOT NULL
        GROUP BY 1, 2)
    SELECT product, quantity, count(*), sum(worth), sum(at_list) FROM sold GROUP BY 1, 2 ORDER BY 1, 2 LIMIT %s
"""


@dataclass
class Effect:
    """Of one product; amounts in the company's currency. `is_known`: the list has a price for it."""

    product: Product
    documents: int = 0
    quantity: Decimal = NOTHING
    before: Decimal = NOTHING
    after: Decimal = NOTHING
    is_known: bool = True

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Simulation:
    """`effects` are those of the products that change most, `products` how many were sold at all."""

    effects: list[Effect]
    products: int
    unknown: int
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def percent(self) -> Decimal | None:
        return self.difference * 100 / self.before if self.before else None


def simulate(price_list: PriceList, first: date, last: date, *, person: Any) -> Simulation:
    """Over the issued invoices of those days that the person sees. Discounts stay in proportion: what was sold for
    nine tenths of its list price would be sold for nine tenths of the new one. Products the list has no price for
    stay at what they were. Six statements, however much was sold."""
    rows = _sold(first, last, person)
    if len(rows) > MOST:
        raise Refused(_("Too much was sold in that time to try the list on. Choose fewer days."))
    book = Book(account_id=0, currency=settings.BASE_CURRENCY, on=last, also=[price_list])
    book.read({product: quantity for product, quantity, *_rest in rows})
    effects: dict[int, Effect] = {}
    with localcontext(prec=DIGITS):
        for key, quantity, count, worth, at_list in rows:
            effect = effects.setdefault(key, Effect(book.products[key]))
            effect.documents += count
            effect.quantity += quantity * count
            effect.before += worth
            effect.after += _after(book, price_list, effect, quantity, count, worth, at_list)
    return _summed(list(effects.values()))


def _after(
    book: Book,
    price_list: PriceList,
    effect: Effect,
    quantity: Decimal,
    count: int,
    worth: Decimal,
    at_list: Decimal | None,
) -> Decimal:
    book.suppose(effect.product.pk, quantity)
    found = listed_in(book, price_list, effect.product)
    if found is None:
        effect.is_known = False
        return worth
    share = worth / at_list if at_list else Decimal(1)
    return found.price * quantity * count * share


def _summed(effects: list[Effect]) -> Simulation:
    base = settings.BASE_CURRENCY
    for each in effects:
        each.before, each.after = rounded(each.before, base), rounded(each.after, base)
    effects.sort(key=lambda each: (-abs(each.difference), each.product.sort_key))
    return Simulation(
        effects=[each for each in effects if each.difference][:SHOWN],
        products=len(effects),
        unknown=sum(not each.is_known for each in effects),
        before=sum((each.before for each in effects), NOTHING),
        after=sum((each.after for each in effects), NOTHING),
    )


def _sold(first: date, last: date, person: Any) -> list[tuple[int, Decimal, int, Decimal, Decimal | None]]:
    issued = Invoice.objects.visible_to(person).issued()
    invoices = issued.filter(kind=InvoiceKind.INVOICE, dated_on__gte=first, dated_on__lte=last).order_by()
    sql, values = invoices.values("id", "rate").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SOLD.format(invoices=sql), [*values, MOST + 1])
        return list(cursor.fetchall())
