"""What the text of a cell means.

Each reading raises ValueError with a sentence for whatever has two meanings or none.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.phones import e164
from foundation.errors import Refused
from foundation.money import TOO_LARGE, parsed_amount

# Which number comes first, and the signs that may stand between them.
DATE_FORMATS = {"iso": "ymd", "d.m.y": "dmy", "d/m/y": "dmy", "m/d/y": "mdy", "y/m/d": "ymd", "excel": "ymd"}
THREE_NUMBERS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})")
HOUR = re.compile(r"[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
SERIAL = re.compile(r"\d{1,7}(\.\d+)?")
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
FIRST_DAY_1900, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
NOON = time(12)
YES = {"yes", "y", "true", "1", "да", "д", "истина", "+"}
NO = {"no", "n", "false", "0", "нет", "н", "ложь", "-"}


class DayText(str):
    """The text of a cell in a column of which it is known which number is the day."""

    date_format = ""

    @classmethod
    def of(cls, text: str, date_format: str) -> "DayText":
        made = cls(text)
        made.date_format = date_format
        return made


class UnknownLabel(ValueError):
    """A word that is none of the known ones; `known` are those that may be meant."""

    def __init__(self, message: str, known: Iterable[str]) -> None:
        super().__init__(message)
        self.known = list(known)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads cells of one file, by what the mapping says about it."""

    language: str = "en"
    date_format: str = ""
    decimal_mark: str = ""
    is_workbook: bool = False
    counts_days_from_1904: bool = False
    country: str = ""

    def day(self, text: str) -> date:
        return self.moment(text).astimezone(company_zone()).date()

    def moment(self, text: str) -> datetime:
        """An aware moment in UTC; a day without an hour is noon in the company's time zone."""
        date_format = getattr(text, "date_format", self.date_format)
        return _moment(
            str(text), date_format, self.is_workbook, self.counts_days_from_1904, settings.COMPANY_TIME_ZONE
        )

    def amount(self, text: str) -> Decimal:
        """Money. Where the decimal mark is known (workbooks, or by the mapping) nothing is ambiguous."""
        mark = "." if self.is_workbook else self.decimal_mark
        plain = text.replace(",", "\0").replace(".", "").replace("\0", ".") if mark == "," else text
        if mark and PLAIN_NUMBER.fullmatch(plain):
            amount = Decimal(plain)
            if abs(amount) < TOO_LARGE:
                return amount
        return parsed_amount(text, self.language)

    def whole_number(self, text: str) -> int:
        """A count: “1,234” or “1 234”. A fraction or a percentage is refused, never rounded away."""
        if "%" in text:
            raise ValueError(
                _("“%(text)s” is a percentage, but a number of things is expected.") % {"text": text[:60]}
            )
        number = self.amount(text)
        if number != number.to_integral_value():
            raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text[:60]})
        return int(number)

    def percentage(self, text: str) -> Decimal:
        """Percents between 0 and 100: “15%” and “15” are 15. A share such as 0.15 has two readings: refused."""
        number = self.amount(text.replace("%", "").strip())
        if "%" not in text and 0 < number < 1:
            raise ValueError(
                _("“%(text)s” may be a share or a percentage: write it with a %% sign.") % {"text": text[:60]}
            )
        if not 0 <= number <= 100:
            raise ValueError(_("“%(text)s” is not between 0 and 100 per cent.") % {"text": text[:60]})
        return number

    def phone(self, text: str) -> str:
        """E.164, “+74951234567”; numbers without a country code are read in the file's or company's country."""
        return _phone(text, self.country or settings.COMPANY_COUNTRY)

    def email(self, text: str) -> str:
        address = text.strip().removeprefix("mailto:").lower()
        try:
            validate_email(address)
        except ValidationError as error:
            raise ValueError(_("“%(text)s” is not an e-mail address.") % {"text": text[:100]}) from error
        return address

    def truth(self, text: str) -> bool:
        key = text.strip().casefold()
        if key in YES:
            return True
        if key in NO:
            return False
        raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:60]})


def choice(text: str, labels: Mapping[str, str]) -> str:
    """The value whose label (or the value itself) is the text. `labels` is {label or value: value}, casefolded."""
    try:
        return labels[text.strip().casefold()]
    except KeyError:
        known = sorted({str(getattr(value, "label", value)) for value in labels.values()})[:20]
        raise UnknownLabel(
            _("“%(text)s” is none of %(known)s.") % {"text": text[:60], "known": ", ".join(known)}, known
        ) from None


def company_zone() -> ZoneInfo:
    return ZoneInfo(settings.COMPANY_TIME_ZONE)


@lru_cache(maxsize=20_000)
def _moment(
    text: str, date_format: str, is_workbook: bool, counts_from_1904: bool, zone_name: str
) -> datetime:
    text, zone = text.strip(), ZoneInfo(zone_name)
    if SERIAL.fullmatch(text) and (is_workbook or date_format == "excel"):
        return _from_serial(text, counts_from_1904, zone)
    hour = HOUR.search(text)
    day = _day(text[: hour.start()] if hour else text, date_format)
    if not hour:
        return datetime.combine(day, NOON, zone).astimezone(UTC)
    stated = (
        f"{day.isoformat()}T{hour[1]:0>2}:{hour[2]}:{hour[3] or '00'}{(hour[4] or '').replace('Z', '+00:00')}"
    )
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        raise _no_date(text) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _from_serial(text: str, counts_from_1904: bool, zone: ZoneInfo) -> datetime:
    number = float(text)
    if not 1 <= number < 110_000:
        raise _no_date(text)
    first = FIRST_DAY_1904 if counts_from_1904 else FIRST_DAY_1900
    whole = int(number)
    seconds = round((number - whole) * 86_400)
    start = time() if seconds else NOON
    moment = datetime.combine(first + timedelta(days=whole), start) + timedelta(seconds=seconds)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _day(text: str, date_format: str) -> date:
    found = THREE_NUMBERS.fullmatch(text.strip())
    if not found:
        raise _no_date(text)
    first, sign, second, third = found.groups()
    order = DATE_FORMATS.get(date_format, "")
    if len(first) == 4:
        order = "ymd"
    elif not order or order == "ymd":
        if sign != ".":
            raise ValueError(
                _("“%(text)s” can be read in two ways: say which by the date format.") % {"text": text[:40]}
            )
        order = "dmy"
    parts = dict(zip(order, (int(first), int(second), int(third)), strict=True))
    try:
        day = date(parts["y"] + (2000 if len(third) == 2 and order != "ymd" else 0), parts["m"], parts["d"])
    except ValueError:
        raise _no_date(text) from None
    if not 1900 <= day.year < 2200:
        raise _no_date(text)
    return day


def _no_date(text: str) -> ValueError:
    return ValueError(_("“%(text)s” is not a date.") % {"text": text[:40]})


@lru_cache(maxsize=20_000)
def _phone(text: str, country: str) -> str:
    try:
        return e164(text.strip(), country)
    except Refused as refusal:
        raise ValueError(refusal.message) from None
