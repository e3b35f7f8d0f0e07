"""What the lines in the editor come to, as they stand in it: nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.line_forms import LinesForm
from billing.queries.amounts import percent_text, plain_amount, price_text
from billing.queries.invoice import margin_text, objections_of
from deals.queries import words
from foundation.errors import Refused

HUNDRED = Decimal(100)
Objections = Callable[..., tuple[list[str], str]]


@dataclass(frozen=True)
class RowSum:
    """Of the row at `index` in the form: its price, what the price is below the list, and its sum."""

    index: int
    price: str = ""
    note: str = ""
    product: str = ""
    title: str = ""
    gross: str = ""


@dataclass(frozen=True)
class Reckoned:
    """`refusal` is why it cannot be reckoned; `objections` why somebody would have to approve it."""

    rows: list[RowSum] = field(default_factory=list)
    sums: list[tuple[str, str]] = field(default_factory=list)
    margin: str = ""
    objections: list[str] = field(default_factory=list)
    refusal: str = ""


def reckoned(invoice: Any, form: LinesForm, person: Any, objections: Objections = objections_of) -> Reckoned:
    """Of the rows that are lines already; the others wait. `invoice` may be a quote, with what is against it."""
    form.is_valid()
    ready = [each for each in form.lines.rows if not each.errors]
    places = {id(each): index for index, each in enumerate(form.lines.forms)}
    blank = [RowSum(index) for index in range(len(form.lines.forms))]
    try:
        rows, totals = invoice.reckoned([each.asked(form.had) for each in ready])
    except Refused as refusal:
        return Reckoned(rows=blank, refusal=str(refusal.message))
    for each, row in zip(ready, rows, strict=True):
        index = places[id(each)]
        product = each.chosen.name if each.chosen else ""
        blank[index] = _row(index, row, product, invoice.currency)
    invoice.net, invoice.total = totals.net, totals.total
    reasons, trouble = objections(invoice, rows) if rows else ([], "")
    return Reckoned(
        rows=blank,
        sums=_sums(totals, invoice.currency),
        margin=_margin(rows, totals.net, invoice.currency) if person.may("billing.view_costs") else "",
        objections=reasons,
        refusal=trouble,
    )


def stored(invoice: Any, form: LinesForm, person: Any, objections: Objections = objections_of) -> Reckoned:
    """As the lines were kept: what the page begins with."""
    rows = [
        _row(index, vars(line), line.product.name if line.product else "", invoice.currency)
        for index, line in enumerate(form.had.values())
    ]
    rest = [RowSum(index) for index in range(len(rows), len(form.lines.forms))]
    kept = [vars(line) for line in form.had.values()]
    return Reckoned(
        rows=[*rows, *rest],
        sums=_sums(invoice, invoice.currency),
        margin=_margin(kept, invoice.net, invoice.currency) if person.may("billing.view_costs") else "",
        objections=objections(invoice, kept)[0] if rows else [],
    )


def _row(index: int, row: dict[str, Any], product: str, currency: str) -> RowSum:
    return RowSum(
        index=index,
        price=price_text(row["price"], currency),
        note=_below_list(row),
        product=product,
        title=row["title"],
        gross=plain_amount(row["gross"], currency),
    )


def _below_list(row: dict[str, Any]) -> str:
    plain, price = row["list_price"], row["price"]
    if not plain or price >= plain:
        return ""
    return f"−{percent_text(round((plain - price) / plain * HUNDRED, 2))}"


def _sums(of: Any, currency: str) -> list[tuple[str, str]]:
    said = [(_("Discount on the document"), -of.discount)] if of.discount else []
    said += [(_("Net"), of.net), (_("Tax"), of.tax), (_("Total"), of.total)]
    return [(label, words.amount_text(amount, currency)) for label, amount in said]


def _margin(rows: list[dict[str, Any]], net: Decimal, currency: str) -> str:
    if not rows:
        return ""
    costs = [None if row["cost"] is None else row["cost"] * row["quantity"] for row in rows]
    known = None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
    return margin_text(net, known, currency)
