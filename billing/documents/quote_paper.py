"""Everything that a quote says to the client, in the quote's own language."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from billing.documents.invoice_paper import day_in, line_in, money_in, taxes_in
from billing.documents.wording import WORDING
from billing.models import Quote
from billing.parties import parties_of


@dataclass(frozen=True, kw_only=True)
class QuotePaper:
    """Text as it is shown; amounts are written already as the quote's language writes them."""

    language: str
    say: dict[str, str]
    title: str
    number: str
    dated_on: str
    valid_until: str
    currency: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    lines: list[dict[str, str]]
    discount: str
    net: str
    taxes: list[tuple[str, str]]
    total: str
    note: str


def paper_of(quote: Quote) -> QuotePaper:
    """One statement for what was sent: its lines."""
    language = quote.language if quote.language in WORDING else "en"
    say, parties = WORDING[language], quote.parties or parties_of(quote)
    money, day = money_in(quote.currency, language), partial(day_in, language)
    lines = list(quote.lines.order_by("position", "pk").defer("trace"))
    return QuotePaper(
        language=language,
        say=say,
        title=say["quote"],
        number=str(quote),
        dated_on=day(quote.dated_on),
        valid_until=day(quote.valid_until) if quote.valid_until else "",
        currency=quote.currency,
        seller=parties["seller"],
        buyer=parties["buyer"],
        lines=[line_in(each, money, language) for each in lines],
        discount=money(quote.discount) if quote.discount else "",
        net=money(quote.net),
        taxes=taxes_in(lines, say, money, language) if quote.tax != Decimal(0) else [],
        total=money(quote.total),
        note=quote.note,
    )
