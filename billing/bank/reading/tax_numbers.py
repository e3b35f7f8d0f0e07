"""Tax numbers of who paid and was paid, by their check digits."""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from billing.bank.reading.line import Line

RUSSIAN = re.compile(r"\d{10}|\d{12}", re.ASCII)
EUROPEAN = re.compile(r"(?!RU)[A-Z]{2}[0-9A-Z]{6,14}")
FOREIGN_ORGANISATION = re.compile(
    r"\d{5}", re.ASCII
)  # what Russia gives to foreign organisations without an INN


def is_wrong(number: str) -> bool:
    """Whether its check digits are wrong. A number of a kind nobody here knows is not called wrong."""
    from stdnum.eu import vat
    from stdnum.exceptions import ValidationError
    from stdnum.ru import inn

    plain = re.sub(r"[\s\-.]", "", number.upper())
    try:
        if RUSSIAN.fullmatch(plain):
            inn.validate(plain)
        elif EUROPEAN.fullmatch(plain) and plain[:2].lower() in vat.MEMBER_STATES | {"el"}:
            vat.validate(plain)
    except ValidationError:
        return True
    return False


def is_wrong_inn(number: str) -> bool:
    """Whether this is no INN at all, where only an INN may stand."""
    plain = number.strip()
    if set(plain) <= {"0"} or FOREIGN_ORGANISATION.fullmatch(plain):
        return False
    return not RUSSIAN.fullmatch(plain) or is_wrong(plain)


def wrong_number(number: str, name: str) -> str:
    """The sentence about it."""
    if not name:
        return _("The tax number %(number)s is wrong: its check digits do not fit.") % {"number": number}
    sentence = _("The tax number %(number)s of %(name)s is wrong: its check digits do not fit.")
    return sentence % {"number": number, "name": name}


def marked_tax_numbers(lines: Iterable[Line]) -> tuple[list[Line], list[str]]:
    """The lines, those with a wrong tax number marked, and a sentence for each wrong number."""
    marked, said = [], []
    for line in lines:
        wrong = line.has_wrong_tax_number or (bool(line.tax_number) and is_wrong(line.tax_number))
        if wrong:
            said.append(wrong_number(line.tax_number, line.name))
        marked.append(replace(line, has_wrong_tax_number=wrong) if wrong else line)
    return marked, said
