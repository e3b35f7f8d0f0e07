"""Phone numbers: stored as E.164, shown as people of their country write them."""

from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _

from foundation.errors import Refused


def e164(text: str, country: str | None = None) -> str:
    """`8 (495) 123-45-67 ext. 12` as `+74951234567;ext=12`; `country` (ISO 3166) when no + is written."""
    try:
        number = phonenumbers.parse(text, country or settings.COMPANY_COUNTRY)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refused(
            _("“%(text)s” is not a phone number. Write it with the country code, such as +7 495 123-45-67.")
            % {"text": text}
        )
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


@lru_cache(maxsize=10_000)  # the library takes 60 µs a number, and lists show fifty
def shown(stored: str) -> str:
    """A stored number in international writing; unchanged if it is not a number."""
    try:
        number = phonenumbers.parse(stored.replace(";ext=", " ext. "), None)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
