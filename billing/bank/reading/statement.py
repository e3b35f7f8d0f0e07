"""What a statement of a bank says, whatever the format it came in."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.bank.reading.line import IN, OUT, Line
from billing.bank.reading.tax_numbers import marked_tax_numbers

LONGEST = {"number": 60, "name": 300, "tax_number": 40, "bank_account": 40, "bank_code": 20, "purpose": 2000}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Lines of one account. Balances and totals are what the bank says, None where it says nothing.

    `differences` are sentences: what does not add up, what could not be read, whose tax number is wrong.
    """

    account: str
    currency: str
    starts_on: date | None = None
    ends_on: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    total_in: Decimal | None = None
    total_out: Decimal | None = None
    lines: Sequence[Line] = ()
    differences: Sequence[str] = ()
    kind: str = ""
    number: str = ""

    @property
    def sum_in(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.direction == IN), Decimal(0))

    @property
    def sum_out(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.direction == OUT), Decimal(0))


@dataclass
class Draft:
    """A statement being read."""

    account: str = ""
    currency: str = ""
    lines: list[Line] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    starts_on: date | None = None
    ends_on: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    total_in: Decimal | None = None
    total_out: Decimal | None = None
    number: str = ""

    def finished(self, kind: str) -> Statement:
        self.lines, repeated = without_repeats(self)
        days = [line.on for line in self.lines]
        lines, wrong = marked_tax_numbers(self.lines)
        said = [*self.differences, *repeated, *sums_that_differ(self), *wrong]
        return Statement(
            account=self.account,
            currency=self.currency,
            starts_on=self.starts_on or min(days, default=None),
            ends_on=self.ends_on or max(days, default=None),
            opening=self.opening,
            closing=self.closing,
            total_in=self.total_in,
            total_out=self.total_out,
            lines=tuple(keyed(lines, self.account, self.currency)),
            differences=tuple(dict.fromkeys(said)),
            kind=kind,
            number=self.number,
        )


def keyed(lines: Iterable[Line], account: str, currency: str) -> list[Line]:
    """The lines with their keys, texts cut to what is kept.

    A document with a number is known by account, direction, amount, day, number and the other side's account; one
    without by its words and the bank's reference besides. Two that agree in all of it are two: the first, the second.
    """
    met: Counter[str] = Counter()
    found = []
    for line in lines:
        same = _identity(line, account, currency)
        met[same] += 1
        key = sha256(f"{same}|{met[same]}".encode()).hexdigest()
        short: dict[str, Any] = {name: tidy(getattr(line, name))[:most] for name, most in LONGEST.items()}
        found.append(replace(line, key=key, **short))
    return found


def tidy(text: str) -> str:
    """On one line, without control characters: what PostgreSQL and a page can hold."""
    return " ".join("".join(" " if ord(each) < 32 or ord(each) == 127 else each for each in text).split())


def plain_account(text: str) -> str:
    """An account's number as it is compared: letters and digits only."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def without_repeats(draft: Draft) -> tuple[list[Line], list[str]]:
    """The lines without a numbered document that stands twice, unless the bank's own total counts both."""
    met: set[str] = set()
    kept: list[Line] = []
    repeated: list[Line] = []
    for line in draft.lines:
        same = f"{_identity(line, draft.account, draft.currency)}|{tidy(line.purpose)}"
        again = bool(line.number.strip()) and same in met
        met.add(same)
        (repeated if again else kept).append(line)
    if not repeated or all(
        _counted_twice(draft, direction) for direction in {each.direction for each in repeated}
    ):
        return draft.lines, []
    sentence = _("Document %(number)s of %(day)s, %(amount)s, stands twice in the file: it is counted once.")
    return kept, [
        sentence % {"number": line.number, "day": date_format(line.on), "amount": line.amount}
        for line in repeated
    ]


def sums_that_differ(draft: Draft) -> list[str]:
    """Sentences about the bank's own totals and balances that the lines do not add up to."""
    came, went = (_sum(draft.lines, direction) for direction in (IN, OUT))
    said = []
    for stated, found, sentence in (
        (
            draft.total_in,
            came,
            _("Received: the bank says %(stated)s, the lines add up to %(found)s (%(less)s)."),
        ),
        (
            draft.total_out,
            went,
            _("Paid out: the bank says %(stated)s, the lines add up to %(found)s (%(less)s)."),
        ),
    ):
        if stated is not None and stated != found:
            said.append(sentence % {"stated": stated, "found": found, "less": _signed(found - stated)})
    if draft.opening is not None and draft.closing is not None:
        found = draft.opening + came - went
        if found != draft.closing:
            sentence = _(
                "Balance: %(opening)s at the beginning and the lines make %(found)s, "
                "the bank says %(stated)s (%(less)s)."
            )
            values = {"opening": draft.opening, "found": found, "stated": draft.closing}
            said.append(sentence % (values | {"less": _signed(found - draft.closing)}))
    return said


def _counted_twice(draft: Draft, direction: str) -> bool:
    stated = draft.total_in if direction == IN else draft.total_out
    if stated is not None:
        return stated == _sum(draft.lines, direction)
    if draft.opening is None or draft.closing is None:
        return False
    return draft.closing == draft.opening + _sum(draft.lines, IN) - _sum(draft.lines, OUT)


def _sum(lines: Iterable[Line], direction: str) -> Decimal:
    return sum((line.amount for line in lines if line.direction == direction), Decimal(0))


def _signed(amount: Decimal) -> str:
    return f"{amount:+f}"


def _identity(line: Line, account: str, currency: str) -> str:
    day = line.dated_on or line.on
    number = line.number.strip().lstrip("0")
    parts = [
        plain_account(account),
        currency,
        line.direction,
        f"{line.amount.normalize():f}",
        day.isoformat(),
    ]
    parts += [number, plain_account(line.bank_account)]
    if not number:
        parts += [line.bank_reference.strip(), tidy(line.name).casefold(), tidy(line.purpose).casefold()]
    return "|".join(parts)
