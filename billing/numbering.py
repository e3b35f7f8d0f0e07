"""Numbers of documents without gaps. Whoever issues locks the counter of the period until the transaction ends, so
nobody shares a number, and what is rolled back leaves no hole.

A document's own date says which period counts, not the day it is issued. Every period begins at `starts_at`.
"""

import re
from collections.abc import Callable
from datetime import date
from string import Formatter

from django.db import connection
from django.utils.translation import gettext as _

from billing.models.legal_entity import LegalEntity
from billing.models.number_format import NumberCounter, NumberedKind, NumberFormat, Reset
from foundation.errors import Refused

FIELDS = {"counter", "year", "month", "code"}
NEEDED = {Reset.NEVER: set(), Reset.YEARLY: {"year"}, Reset.MONTHLY: {"year", "month"}}
# Where nobody configured anything: the sorts are told apart by their first letters.
USUAL = {
    NumberedKind.INVOICE: "{year}-{counter:05}",
    NumberedKind.CREDIT_NOTE: "CN-{year}-{counter:05}",
    NumberedKind.QUOTE: "Q-{year}-{counter:05}",
    NumberedKind.ACT: "A-{year}-{counter:05}",
    NumberedKind.CONTRACT: "C-{year}-{counter:05}",
}
# How many numbers somebody else may have used already, such as those of imported invoices.
LONGEST_WALK = 1_000


def next_number(
    legal_entity: LegalEntity, kind: str, on: date, *, is_taken: Callable[[str], bool] | None = None
) -> str:
    """The next number of documents of the kind dated `on`. Call it last: others wait until the transaction ends.

    A number that is in use already (`is_taken`) is passed over, which leaves no hole.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A number is given in the transaction that uses it.")
    written = format_of(legal_entity, kind)
    period = period_of(written, on)
    NumberCounter.objects.bulk_create(
        [NumberCounter(format=written, period=period, last=written.starts_at - 1)],
        ignore_conflicts=True,
    )
    counter = NumberCounter.objects.select_for_update().get(format=written, period=period)
    for _walked in range(LONGEST_WALK):
        counter.last += 1
        number = formatted(written.pattern, counter=counter.last, on=on, code=legal_entity.code)
        if is_taken is None or not is_taken(number):
            counter.save(update_fields=["last"])
            return number
    raise Refused(
        _(
            "The next %(count)d numbers after %(number)s are in use. Set the first number of %(format)s higher."
        )
        % {"count": LONGEST_WALK, "number": number, "format": written}
    )


def format_of(legal_entity: LegalEntity, kind: str) -> NumberFormat:
    """The configured format, or the usual one, kept from now on so that two who begin at once count together."""
    found = NumberFormat.objects.filter(legal_entity=legal_entity, kind=kind).first()
    if found is None:
        NumberFormat.objects.bulk_create([_usual(legal_entity, kind)], ignore_conflicts=True)
        found = NumberFormat.objects.get(legal_entity=legal_entity, kind=kind)
    return found


def period_of(written: NumberFormat, on: date) -> str:
    match written.reset:
        case Reset.YEARLY:
            return f"{on.year:04}"
        case Reset.MONTHLY:
            return f"{on.year:04}-{on.month:02}"
    return ""


def formatted(pattern: str, *, counter: int, on: date, code: str) -> str:
    """The pattern must be a checked one."""
    return pattern.format(counter=counter, year=f"{on.year:04}", month=f"{on.month:02}", code=code)


def check_pattern(pattern: str, *, reset: str, code: str) -> None:
    """Refuses, with a sentence, what gives no numbers, or the same one twice."""
    try:
        parsed = list(Formatter().parse(pattern))
    except ValueError:
        raise Refused(_("The braces of the format do not match.")) from None
    parts = [(field, spec or "", how) for _text, field, spec, how in parsed if field is not None]
    names = [field for field, _spec, _how in parts]
    for field, spec, how in parts:
        if (
            field not in FIELDS
            or how
            or (spec and (field != "counter" or not re.fullmatch(r"0?[1-9]", spec)))
        ):
            written = "{" + field + (f":{spec}" if spec else "") + "}"
            said = _(
                "“%(field)s” cannot be used here. Use {counter}, {counter:05}, {year}, {month} and {code}."
            )
            raise Refused(said % {"field": written})
    if "counter" not in names:
        raise Refused(_("A format needs {counter}."))
    missing = NEEDED[Reset(reset)] - set(names)
    if missing:
        wanted = ", ".join("{" + name + "}" for name in sorted(missing, reverse=True))
        raise Refused(_("Numbers that begin anew need %(fields)s, else they repeat.") % {"fields": wanted})
    if "code" in names and not code:
        raise Refused(_("The own company has no code yet: write one before {code} is used."))
    if len(formatted(pattern, counter=10**8, on=date(2000, 1, 1), code=code)) > 60:
        raise Refused(_("Such numbers would be too long."))


def _usual(legal_entity: LegalEntity, kind: str) -> NumberFormat:
    pattern = USUAL[NumberedKind(kind)]
    if not legal_entity.is_default and legal_entity.code:
        pattern = "{code}-" + pattern
    return NumberFormat(legal_entity=legal_entity, kind=kind, pattern=pattern)
