"""What a bank's app reads off an invoice: ГОСТ Р 56042 within Russia, EPC069-12 for transfers in euros."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import segno
from django.utils.translation import gettext as _
from stdnum import bic, iban, iso11649
from stdnum.exceptions import ValidationError

from foundation.errors import Refused
from foundation.money import rounded

# ГОСТ Р 56042: the five that must be there, then the others, each with its greatest length.
REQUIRED = {"Name": 160, "PersonalAcc": 20, "BankName": 45, "BIC": 9, "CorrespAcc": 20}
OTHERS = {
    "Sum": 18,
    "Purpose": 210,
    "PayeeINN": 12,
    "PayerINN": 12,
    "KPP": 9,
    "LastName": 100,
    "FirstName": 100,
    "MiddleName": 100,
}
DIGITS = {"PersonalAcc": (20,), "BIC": (9,), "PayeeINN": (10, 12), "PayerINN": (10, 12)}
SEPARATORS = "|#~^_;!"
ENCODINGS = {"cp1251": 1, "utf-8": 2, "koi8-r": 3}

LEAST, MOST = Decimal("0.01"), Decimal("999999999.99")
EPC_BYTES, EPC_VERSION = 331, 13
RECIPIENT, TEXT = 70, 140


def kopecks(amount: Decimal) -> str:
    """The sum as the standard has it: whole kopecks."""
    return str(int(rounded(amount, "RUB").scaleb(2)))


def gost_text(fields: Mapping[str, str], *, encoding: str = "utf-8") -> str:
    """The string of a Russian payment order. The separator is the first that no value contains."""
    lengths = {**REQUIRED, **OTHERS}
    if unknown := sorted(set(fields) - set(lengths)):
        raise ValueError(f"ГОСТ Р 56042 has no field {unknown[0]}")
    for name in REQUIRED:
        if not fields.get(name):
            raise Refused(_("A payment code needs the field %(field)s.") % {"field": name})
    kept = {name: fields[name] for name in lengths if fields.get(name)}
    for name, value in kept.items():
        _check(name, value, lengths[name])
    separator = next((sign for sign in SEPARATORS if not any(sign in value for value in kept.values())), None)
    if separator is None:
        raise Refused(_("The payment code's values use every sign that could part them."))
    parts = [f"ST0001{ENCODINGS[encoding]}", *(f"{name}={value}" for name, value in kept.items())]
    text = separator.join(parts) + separator
    _encoded(text, encoding)
    return text


def _check(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise Refused(_("%(field)s is longer than %(most)s characters.") % {"field": name, "most": most})
    is_number = value.isascii() and value.isdigit()
    if (name in DIGITS and not (is_number and len(value) in DIGITS[name])) or (
        name in ("Sum", "CorrespAcc") and not is_number
    ):
        raise Refused(_("%(field)s is not a number of the right length.") % {"field": name})


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise Refused(
            _("The payment code has letters that %(encoding)s lacks.") % {"encoding": encoding}
        ) from None


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A SEPA credit transfer: its reference is either structured (RF…) or plain text, never both."""

    name: str
    iban: str
    amount: Decimal
    bic: str = ""
    reference: str = ""
    text: str = ""


def epc_text(transfer: Transfer) -> str:
    """The twelve lines of EPC069-12, version 002, in UTF-8; empty lines at the end are left out."""
    account, bank = _checked_account(transfer)
    amount = rounded(transfer.amount, "EUR")
    if not LEAST <= amount <= MOST:
        raise Refused(_("A transfer's amount is from 0.01 to 999,999,999.99 EUR."))
    reference = _checked_reference(transfer)
    name = transfer.name.strip()
    if not name or len(name) > RECIPIENT:
        raise Refused(_("The recipient's name has 1 to %(most)s characters.") % {"most": RECIPIENT})
    if len(transfer.text) > TEXT:
        raise Refused(_("The text of a transfer has at most %(most)s characters.") % {"most": TEXT})
    lines = ["BCD", "002", "1", "SCT", bank, name, account, f"EUR{amount}", "", reference, transfer.text]
    if any("\n" in line or "\r" in line for line in lines):
        raise Refused(_("A payment code's values are of one line."))
    text = "\n".join(lines).rstrip("\n")
    if len(text.encode()) > EPC_BYTES:
        raise Refused(_("The payment code is longer than %(most)s bytes.") % {"most": EPC_BYTES})
    return text


def _checked_account(transfer: Transfer) -> tuple[str, str]:
    try:
        account = iban.validate(transfer.iban)
    except ValidationError:
        raise Refused(_("“%(number)s” is not an IBAN.") % {"number": transfer.iban}) from None
    try:
        return account, bic.validate(transfer.bic) if transfer.bic else ""
    except ValidationError:
        raise Refused(_("“%(code)s” is not a BIC.") % {"code": transfer.bic}) from None


def _checked_reference(transfer: Transfer) -> str:
    if not transfer.reference:
        return ""
    if transfer.text:
        raise Refused(_("A transfer has a structured reference or a text, not both."))
    try:
        return str(iso11649.validate(transfer.reference))
    except ValidationError:
        raise Refused(
            _("“%(reference)s” is not a creditor's reference.") % {"reference": transfer.reference}
        ) from None


def gost_svg(text: str) -> str:
    """Drawn in the encoding that the string itself names."""
    encoding = next(name for name, digit in ENCODINGS.items() if text.startswith(f"ST0001{digit}"))
    return _svg(segno.make(_encoded(text, encoding), error="m", micro=False))


def epc_svg(text: str) -> str:
    code = segno.make(text.encode(), error="m", micro=False, boost_error=False)
    if int(code.version) > EPC_VERSION:
        raise Refused(_("The payment code is too large to be read."))
    return _svg(code)


def _svg(code: segno.QRCode) -> str:
    return str(code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))
