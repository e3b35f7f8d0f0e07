"""Which open invoice money that came pays, how sure that is, and why. Pure: no database.

Three things speak: the invoice's number in the purpose, the amount, and who paid (tax number or account). Only all
three together, of one invoice alone and with nothing against it, are certain. Everything else is for a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.bank.reading.statement import plain_account

NUMBER, AMOUNT, PAYER, NAME = 40, 25, 35, 10
LIKELY_AT_MOST, AGAINST_AT_MOST = 95, 50  # without certainty; with something against it
# A number of digits only may be anything's: it counts where a word for an invoice stands before it.
CALLED = (
    r"(?:сч[её]т\w*|сч|invoice|inv|bill|rechnung|factura|faktur|tagihan)\.?"
    r"(?:\s*(?:на оплату|no|nr|n)\b)?[\s.:№#]*"
)


@dataclass(frozen=True, kw_only=True)
class Came:
    """What the bank says of money that came."""

    amount: Decimal
    currency: str
    purpose: str = ""
    references: tuple[str, ...] = ()
    name: str = ""
    tax_number: str = ""
    has_wrong_tax_number: bool = False
    bank_account: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An issued invoice of which something is due. `parts` is what is due of each open instalment."""

    invoice_id: int
    account_id: int
    number: str
    currency: str
    due: Decimal
    parts: tuple[Decimal, ...] = ()
    name: str = ""
    tax_numbers: frozenset[str] = frozenset()
    bank_accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Match:
    """`confidence` is 0 to 100, and 100 exactly where it is certain. `reasons` are words for a person."""

    invoice_id: int
    account_id: int
    confidence: int
    reasons: tuple[str, ...]
    is_certain: bool = False


def matches(came: Came, candidates: Iterable[Candidate]) -> list[Match]:
    """Those for which anything speaks, the surest first. At most one is certain."""
    candidates = list(candidates)
    found = [each for each in (_scored(came, candidate) for candidate in candidates) if each.confidence]
    named = {each.invoice_id for each in candidates if says(came, each.number)}
    if len(named) > 1:
        several = _("the purpose names several invoices")
        found = [_doubted(each, several) if each.is_certain else each for each in found]
    return sorted(found, key=lambda each: (-each.confidence, each.invoice_id))


def says(came: Came, number: str) -> bool:
    """Whether the purpose or a reference says this invoice's number, as a word of its own."""
    number = number.strip()
    if not number:
        return False
    if any(each.strip().casefold() == number.casefold() for each in came.references):
        return True
    if number.casefold() not in came.purpose.casefold():  # spares a pattern for each of thousands
        return False
    before = CALLED if number.isdigit() else ""
    alone = rf"(?<![\w\-/])(?<!\d\.){before}{re.escape(number)}(?![\w\-/])(?!\.\d)"
    return re.search(alone, came.purpose, re.IGNORECASE) is not None


def _scored(came: Came, candidate: Candidate) -> Match:
    is_named = says(came, candidate.number)
    amount_said = _amount_fits(came, candidate)
    payer_said, against = _payer(came, candidate)
    has_name = bool(_letters(came.name)) and _letters(came.name) == _letters(candidate.name)
    confidence = NUMBER * is_named + AMOUNT * bool(amount_said)
    confidence += PAYER if payer_said else NAME * has_name
    reasons = [_("its number is in the purpose")] if is_named else []
    reasons += [each for each in (amount_said, payer_said) if each]
    if has_name and not payer_said:
        reasons.append(_("the payer is called like the client"))
    if is_named and not amount_said:
        against.append(_amount_against(came, candidate))
    if is_named and _lists_more(came, candidate.number.strip()):
        against.append(_("the purpose names several invoices"))
    if came.is_reversal:
        against.append(_("the bank took a payment back"))
    is_certain = bool(is_named and amount_said and payer_said and not against)
    if not is_certain:
        confidence = min(confidence, AGAINST_AT_MOST if against else LIKELY_AT_MOST)
    return Match(
        invoice_id=candidate.invoice_id,
        account_id=candidate.account_id,
        confidence=confidence,
        reasons=(*reasons, *against),
        is_certain=is_certain,
    )


def _lists_more(came: Came, number: str) -> bool:
    """“По счетам 17, 18”: whatever is listed beside the number may be another invoice's."""
    beside = rf"{re.escape(number)}\s*(?:[,;+&]|и|and|y|dan|und)\s*[№#]?\s*\d"
    before = rf"\d\s*(?:[,;+&]|и|and|y|dan|und)\s*[№#]?\s*{re.escape(number)}(?!\d)"
    return number.isdigit() and re.search(f"{beside}|{before}", came.purpose, re.IGNORECASE) is not None


def _amount_fits(came: Came, candidate: Candidate) -> str:
    if came.currency != candidate.currency:
        return ""
    if came.amount == candidate.due:
        return _("exactly this is due")
    if came.amount in candidate.parts:
        return _("exactly one instalment of it")
    return ""


def _amount_against(came: Came, candidate: Candidate) -> str:
    if came.currency != candidate.currency:
        return _("the invoice is in another currency")
    if came.amount > candidate.due:
        return _("more came than is due")
    return _("less came than is due")


def _payer(came: Came, candidate: Candidate) -> tuple[str, list[str]]:
    """What speaks for the client being who paid, and what against it."""
    tax_number = plain_account(came.tax_number)
    known = {plain_account(each) for each in candidate.tax_numbers} - {""}
    accounts = {plain_account(each) for each in candidate.bank_accounts} - {""}
    if came.has_wrong_tax_number:
        return "", [_("the payer's tax number is wrong")]
    if tax_number and known and tax_number not in known:
        return "", [_("the payer's tax number is another one")]
    if tax_number and tax_number in known:
        return _("the payer's tax number is the client's"), []
    if plain_account(came.bank_account) in accounts:
        return _("the client paid from this account before"), []
    return "", []


def _doubted(match: Match, why: str) -> Match:
    return replace(match, confidence=LIKELY_AT_MOST, is_certain=False, reasons=(*match.reasons, why))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
