"""The code that a client's bank reads off an invoice of ours: which standard it is of, or that there is none."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from stdnum import iban

from billing.documents.payment_qr import TEXT, Transfer, epc_svg, epc_text, gost_svg, gost_text, kopecks
from foundation.errors import Refused

PURPOSE = 210


def payment_code(parties: dict[str, Any], *, number: str, currency: str, amount: Decimal) -> str:
    """An SVG, or "" where nothing is to be paid or the bank's details make no code: the invoice is good without."""
    seller = parties.get("seller") or {}
    bank = seller.get("bank")
    if not bank or amount <= 0 or bank["currency"] != currency:
        return ""
    purpose = _("Invoice %(number)s") % {"number": number}
    try:
        if currency == "RUB":
            return gost_svg(gost_text(_order(parties, bank, purpose[:PURPOSE], amount)))
        if currency == "EUR" and iban.is_valid(bank["number"]):
            return epc_svg(epc_text(_transfer(seller, bank, purpose[:TEXT], amount)))
    except Refused:
        return ""
    return ""


def _order(parties: dict[str, Any], bank: dict[str, Any], purpose: str, amount: Decimal) -> dict[str, str]:
    seller, buyer = parties["seller"], parties.get("buyer") or {}
    inns = [each["value"] for each in buyer.get("tax_numbers", []) if _is_inn(each["value"])]
    return {
        "Name": seller["full_name"],
        "PersonalAcc": bank["number"],
        "BankName": bank["bank_name"][:45],
        "BIC": bank["bank_code"],
        "CorrespAcc": bank["correspondent_account"] or "0",
        "Sum": kopecks(amount),
        "Purpose": purpose,
        "PayeeINN": seller["tax_number"],
        "KPP": seller["reason_code"],
        "PayerINN": inns[0] if inns else "",
    }


def _is_inn(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) in (10, 12)


def _transfer(seller: dict[str, Any], bank: dict[str, Any], purpose: str, amount: Decimal) -> Transfer:
    return Transfer(
        name=seller["full_name"], iban=bank["number"], bic=bank["bank_code"], amount=amount, text=purpose
    )
