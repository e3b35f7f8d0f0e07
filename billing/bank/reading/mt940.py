"""MT940, the customer statement of SWIFT, as banks write it.

Tags 20, 25, 28C, 60F/M, 61, 86, 62F/M; several statements in a file; a statement over several pages (60M, 62M) is one.
Of 86 both the plain form and the structured one of German banks (?00 … ?63) are read.
"""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.bank.reading.amounts import amount_of, day_of
from billing.bank.reading.decoding import decoded
from billing.bank.reading.line import IN, OUT, Line
from billing.bank.reading.statement import Draft, Statement, plain_account
from foundation.errors import Refused

TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
BALANCE = re.compile(r"([DC])(\d{6})([A-Z]{3})(\d[\d,]{0,19})")
MOVEMENT = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<sign>R?[DC])(?P<third>[A-Z])?(?P<amount>\d[\d,]{0,19})"
    r"(?P<kind>[NFS][A-Z0-9]{3})?(?P<own>[^\n]*?)(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.DOTALL,
)
SIGNS = {"C": IN, "D": OUT, "RC": OUT, "RD": IN}
NOTHING = {"", "NONREF", "NOTPROVIDED"}
# SEPA's words before a part of the purpose; only what follows SVWZ is said by whoever paid.
MARKS = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC)\+")


def is_mt940(content: bytes) -> bool:
    head = re.sub(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", content[:65536])
    head = head.replace(b"\x00", b"").replace(b"\r", b"\n")
    return bool(re.search(rb"(^|\n):20:", head[:4096]) and re.search(rb"\n:(25|28C?|60[FM]):", head))


def read_mt940(content: bytes) -> list[Statement]:
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    pages = [_read(each) for each in re.split(r"(?=^:20:)", text, flags=re.MULTILINE)[1:]]
    if not pages:
        raise Refused(_("The file holds no statement."))
    return [each.finished("mt940") for each in _joined(pages)]


class Page(Draft):
    """One message: a statement, or a part of one whose balances are only carried over."""

    goes_on = False


def _joined(pages: list[Page]) -> list[Page]:
    found: list[Page] = []
    for page in pages:
        before = found[-1] if found else None
        if before and before.goes_on and _same(before, page):
            before.lines += page.lines
            before.differences += page.differences
            before.closing, before.ends_on, before.goes_on = page.closing, page.ends_on, page.goes_on
        else:
            found.append(page)
    return found


def _same(before: Page, page: Page) -> bool:
    return plain_account(before.account) == plain_account(page.account) and before.closing == page.opening


def _read(text: str) -> Page:
    page = Page()
    fields = list(_fields(text))
    place = 0
    for position, (tag, value) in enumerate(fields):
        if tag == "25":
            page.account = re.sub(r"(?<=\d)[A-Z]{3}$", "", value.split("\n")[0].strip())
        elif tag in ("28", "28C"):
            page.number = value.split("\n")[0].strip()[:40]
        elif tag in ("60F", "60M"):
            page.opening, page.currency, page.starts_on = _balance(value, page)
        elif tag in ("62F", "62M"):
            page.closing, _currency, page.ends_on = _balance(value, page)
            page.goes_on = tag == "62M"
        elif tag == "61":
            place += 1
            follows = fields[position + 1] if position + 1 < len(fields) else ("", "")
            _add(value, follows[1] if follows[0] == "86" else "", place, page)
    return page


def _fields(text: str) -> list[tuple[str, str]]:
    """(tag, value), lines of a value joined by a line's end; what ends a message is no value."""
    text = re.split(r"^-\}?\s*$", text, maxsplit=1, flags=re.MULTILINE)[0]
    parts = TAG.split(text)[1:]
    return [(tag, value.strip("\n ")) for tag, value in zip(parts[::2], parts[1::2], strict=True)]


def _balance(value: str, page: Page) -> tuple[Decimal | None, str, date | None]:
    found = BALANCE.match(value)
    amount = _amount(found[4]) if found else None
    if found is None or amount is None:
        page.differences.append(_("A balance cannot be read: “%(text)s”.") % {"text": value[:60]})
        return None, page.currency, None
    return amount if found[1] == "C" else -amount, found[3], day_of(f"20{found[2]}", "ymd")


def _add(value: str, details: str, place: int, page: Page) -> None:
    found = MOVEMENT.fullmatch(value)
    amount = _amount(found["amount"]) if found else None
    value_on = day_of(f"20{found['value']}", "ymd") if found else None
    if found is None or amount is None or value_on is None:
        sentence = _("Entry %(place)d is left out: “%(text)s” cannot be read.")
        page.differences.append(sentence % {"place": place, "text": value[:60]})
        return
    if amount == 0:
        return
    said = _details(details)
    number, bank = (_known(found["own"] or ""), _known(found["bank"] or ""))
    page.lines.append(
        Line(
            direction=SIGNS[found["sign"]],
            amount=amount,
            on=_booked_on(value_on, found["entry"]),
            value_on=value_on,
            number=bank or number,
            bank_reference=f"{number}|{bank}",
            name=said["name"],
            bank_account=said["bank_account"],
            bank_code=said["bank_code"],
            purpose=said["purpose"] or " ".join((found["more"] or "").split()),
            references=(number,) if number else (),
            is_reversal=found["sign"].startswith("R"),
        )
    )


def _booked_on(value_on: date, entry: str | None) -> date:
    """The entry's day has no year: the one nearest to the value's day."""
    if not entry:
        return value_on
    days = [day_of(f"{value_on.year + years}{entry}", "ymd") for years in (-1, 0, 1)]
    known = [each for each in days if each]
    return min(known, key=lambda each: abs(each - value_on), default=value_on)


def _details(value: str) -> dict[str, str]:
    """What 86 says of the other side and of the purpose."""
    one = value.replace("\n", "")
    structured = re.match(r"\d{3}(\?)\d{2}|(\?)\d{2}", one)
    if not structured:
        return {"name": "", "bank_account": "", "bank_code": "", "purpose": " ".join(value.split())}
    parts: dict[int, str] = {}
    for code, text in re.findall(r"\?(\d{2})([^?]*)", one):
        parts[int(code)] = parts.get(int(code), "") + text
    purpose = "".join(text for code, text in sorted(parts.items()) if 20 <= code <= 29 or 60 <= code <= 63)
    return {
        "name": " ".join((parts.get(32, "") + parts.get(33, "")).split()),
        "bank_account": parts.get(31, "").strip(),
        "bank_code": parts.get(30, "").strip(),
        "purpose": _said_by_payer(purpose),
    }


def _said_by_payer(purpose: str) -> str:
    """The words of the purpose; the other SEPA parts follow it with their marks."""
    parts = MARKS.split(purpose)
    words = " ".join(text for mark, text in zip(parts[1::2], parts[2::2], strict=True) if mark == "SVWZ")
    return " ".join((words or purpose).split())


def _known(reference: str) -> str:
    plain = reference.strip()
    return "" if plain.upper() in NOTHING else plain


def _amount(text: str) -> Decimal | None:
    """A comma is the decimal mark and always there; banks that leave it out mean whole units."""
    return amount_of(text, ",") if text.count(",") <= 1 else None
