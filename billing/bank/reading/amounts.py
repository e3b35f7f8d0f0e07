"""Amounts and days as machines write them: one reading only, and None for anything else."""

import re
from datetime import date
from decimal import Decimal

from foundation.money import TOO_LARGE

DAY_FORMATS = {
    "dmy": re.compile(r"(?P<d>\d{1,2})[./\-](?P<m>\d{1,2})[./\-](?P<y>\d{4}|\d{2})(?:[ T].*)?"),
    "mdy": re.compile(r"(?P<m>\d{1,2})[./\-](?P<d>\d{1,2})[./\-](?P<y>\d{4}|\d{2})(?:[ T].*)?"),
    "ymd": re.compile(r"(?P<y>\d{4})[./\-]?(?P<m>\d{2})[./\-]?(?P<d>\d{2})(?:[ T].*)?"),
}


def amount_of(text: str, mark: str = ".") -> Decimal | None:
    """“1234.56”, “-5,00” with the decimal mark said; grouping by spaces, apostrophes or the other mark."""
    other = "," if mark == "." else "."
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text.strip().replace("\u2212", "-"))
    plain = plain.removeprefix("+")
    if not re.fullmatch(rf"-?(\d+|\d{{1,3}}(\{other}\d{{3}})+)?(\{mark}\d*)?", plain, re.ASCII):
        return None
    if not re.search(r"\d", plain) or len(plain) > 40:
        return None
    amount = Decimal(plain.replace(other, "").replace(mark, ".").rstrip(".") or "0")
    if abs(amount) >= TOO_LARGE or amount != amount.quantize(Decimal("0.0001")):
        return None
    return amount


def day_of(text: str, order: str = "dmy") -> date | None:
    """A day written in the order said: “dmy”, “mdy” or “ymd”; a time behind it is left out."""
    found = DAY_FORMATS[order].fullmatch(text.strip()[:40])
    if found is None or not text.isascii():
        return None
    year = int(found["y"])
    try:
        return date(year + 2000 if year < 100 else year, int(found["m"]), int(found["d"]))
    except ValueError:
        return None
