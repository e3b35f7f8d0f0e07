"""Everything that the paper of an invoice says, read in a few statements, and its HTML."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from billing.documents.payment_code import payment_code
from billing.documents.pdf import Part, pdf_of
from billing.documents.wording import WORDING
from billing.documents.words import money_in_words, sentence
from billing.models import Invoice
from billing.parties import parties_of
from foundation.money import minor_units, rounded

LOGO = "logo"


@dataclass(frozen=True, kw_only=True)
class InvoicePaper:
    """Text as it is printed; amounts are written already as the document's language writes them."""

    language: str
    say: dict[str, str]
    title: str
    number: str
    dated_on: str
    due_on: str
    is_draft: bool
    corrects: str
    currency: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    lines: list[dict[str, str]]
    discount: str
    net: str
    taxes: list[tuple[str, str]]
    total: str
    due: str
    words: str
    parts: list[tuple[str, str]]
    code: SafeString
    note: str
    footer: str
    logo: Part | None


def paper_of(invoice: Invoice, *, language: str = "") -> InvoicePaper:
    """In the invoice's language unless another is asked for; in English where that is not ours."""
    language = language or invoice.language
    language = language if language in WORDING else "en"
    say, currency = WORDING[language], invoice.currency
    parties = invoice.parties or parties_of(invoice)
    lines = list(invoice.lines.order_by("position"))
    parts = list(invoice.instalments.order_by("position"))
    entity = invoice.legal_entity
    money, day = money_in(currency, language), partial(day_in, language)
    due = invoice.due if invoice.is_issued else invoice.total
    return InvoicePaper(
        language=language,
        say=say,
        title=say["credit_note" if invoice.is_credit_note else "invoice"],
        number=invoice.number,
        dated_on=day(invoice.dated_on),
        due_on=day(parts[0].due_on) if len(parts) == 1 and invoice.due else "",
        is_draft=not invoice.is_issued,
        corrects=invoice.corrects.number if invoice.corrects else "",
        currency=currency,
        seller=parties["seller"],
        buyer=parties["buyer"],
        lines=[line_in(each, money, language) for each in lines],
        discount=money(invoice.discount) if invoice.discount else "",
        net=money(invoice.net),
        taxes=taxes_in(lines, say, money, language),
        total=money(invoice.total),
        due=money(due) if due not in (0, invoice.total) else "",
        words=sentence(money_in_words(invoice.total, currency, language)),
        parts=[(day(each.due_on), money(each.amount)) for each in parts] if len(parts) > 1 else [],
        code=_code(invoice, parties, due, language),
        note=invoice.note,
        footer=entity.footer,
        logo=Part(bytes(entity.logo), entity.logo_type) if entity.logo else None,
    )


def money_in(currency: str, language: str) -> Callable[[Decimal], str]:
    """How amounts are written in a document that says its currency elsewhere."""
    units = minor_units(currency)
    pattern = "#,##0" + ("." + "0" * units if units else "")
    return lambda amount: str(format_decimal(rounded(amount, currency), pattern, locale=language))


def day_in(language: str, on: Any) -> str:
    return str(format_date(on, "d MMMM y" if language != "es" else "d 'de' MMMM 'de' y", locale=language))


def html_of(paper: InvoicePaper) -> str:
    name = "invoice_ru" if paper.language == "ru" and paper.currency == "RUB" else "invoice"
    return render_to_string(f"billing/documents/{name}.html", {"paper": paper, "say": paper.say})


def parts_of(code: str, logo: Part | None) -> dict[str, Part]:
    """The pictures that the HTML names."""
    return {"code": Part(code.encode(), "image/svg+xml")} | ({LOGO: logo} if logo else {})


def pdf_of_paper(paper: InvoicePaper) -> bytes:
    return pdf_of(html_of(paper), parts=parts_of(paper.code, paper.logo))


def line_in(line: Any, money: Any, language: str) -> dict[str, str]:
    return {
        "title": line.title,
        "quantity": str(format_decimal(line.quantity, "#,##0.###", locale=language)),
        "unit": line.unit,
        "price": str(format_decimal(line.price, "#,##0.00##", locale=language)),
        "amount": money(line.amount),
        "exempt": line.exempt_reason,
    }


def taxes_in(lines: list[Any], say: dict[str, str], money: Any, language: str) -> list[tuple[str, str]]:
    """One for each rate, as the lines have them."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.tax_name, line.tax_rate)
        sums[key] = sums.get(key, Decimal(0)) + line.tax
    return [
        (f"{name} {format_decimal(rate, '0.###', locale=language)} %".strip(), money(tax))
        if rate
        else (name or say["no_tax"], "—")
        for (name, rate), tax in sorted(sums.items())
    ]


def _code(invoice: Invoice, parties: dict[str, Any], due: Decimal, language: str) -> SafeString:
    if not invoice.is_issued or invoice.is_credit_note:
        return SafeString("")
    with translation.override(language):
        drawn = payment_code(parties, number=invoice.number, currency=invoice.currency, amount=due)
    # Squares drawn by us: no text of anybody's is in it.
    return mark_safe(drawn)  # noqa: S308
