"""What may stand in a custom field: checked for the verbs, and read from what people type or import.

A value is kept as JSON: text, a number of at most 15 digits, a day as ISO text, an option's key, a sorted list of
them, a client's key. An empty field has no value. Formulas have none either: they are computed when they are shown.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.custom.definitions import Definition, definitions
from foundation.errors import Refused
from foundation.money import NO_BREAK, money_text, parsed_amount

LONGEST_TEXT = 2000
MOST_DIGITS = 15
PERCENT = "%"
EMPTY: tuple[Any, ...] = (None, "", [], ())


def checked(record: str, kept: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a record after `changes` ({key: value}, None to clear). Refused, naming the field, for a wrong one.

    A required field may not be cleared; one that is not named is left as it is, so that importing a telephone never
    fails for a field nobody has filled in yet. Whole forms name every field.
    """
    known = {each.key: each for each in definitions(record)}
    values = dict(kept)
    for key, given in changes.items():
        field = known.get(key)
        if field is None:
            raise Refused(_("There is no custom field “%(key)s”.") % {"key": key})
        value = _checked(field, given, values.get(key))
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return values


def changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields that differ as facts name them: `custom.<key>`."""
    keys = sorted(before.keys() | after.keys())
    return [f"custom.{key}" for key in keys if before.get(key) != after.get(key)]


def named(changed: list[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Changed columns as a fact tells them: the one of custom fields as the fields it holds."""
    if "custom" not in changed:
        return changed
    return [name for name in changed if name != "custom"] + changed_names(before, after)


def _checked(field: Definition, given: Any, kept: Any) -> Any:
    """The value as it is kept; None when empty."""
    if field.kind == "formula":
        raise Refused(_("“%(field)s” is computed from other fields.") % {"field": field.label})
    if isinstance(given, str):
        given = given.replace("\x00", "").strip()
    if given in EMPTY:
        if field.is_required and not field.is_retired:
            raise Refused(_("“%(field)s” must be filled in.") % {"field": field.label})
        return None
    value = checked_value(field, given, kept)
    if field.is_retired and value != kept:
        raise Refused(
            _("“%(field)s” is no longer used: what stands there is only kept.") % {"field": field.label}
        )
    return value


def checked_value(field: Definition, given: Any, kept: Any) -> Any:
    """A value that is not empty as it is kept; `kept` is what stands there now, which may be a retired option."""
    return CHECKS[field.kind](field, given, kept)


def _text(field: Definition, given: Any, _kept: Any) -> str:
    if not isinstance(given, str):
        raise _wrong(field, _("a text"))
    if len(given) > LONGEST_TEXT:
        raise Refused(
            _("“%(field)s” has at most %(limit)d letters.") % {"field": field.label, "limit": LONGEST_TEXT}
        )
    return given


def _number(field: Definition, given: Any, _kept: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        raise _wrong(field, _("a number"))
    value = Decimal(given)
    if not value.is_finite():
        raise _wrong(field, _("a number"))
    is_low = field.least is not None and value < field.least
    is_high = field.most is not None and value > field.most
    if is_low or is_high or abs(value) >= Decimal(10) ** (MOST_DIGITS - field.decimals):
        raise Refused(_out_of_range(field, value, is_low=is_low, is_high=is_high))
    rounded = value.quantize(Decimal(1).scaleb(-field.decimals), rounding=ROUND_HALF_UP)
    if rounded != value:
        raise Refused(
            _("“%(field)s” has at most %(n)d decimals.") % {"field": field.label, "n": field.decimals}
            if field.decimals
            else _("“%(field)s” is a whole number.") % {"field": field.label}
        )
    return rounded


def _out_of_range(field: Definition, value: Decimal, *, is_low: bool, is_high: bool) -> str:
    said: dict[str, Any] = {"field": field.label, "value": number_words(field, value), "n": MOST_DIGITS}
    for name, bound in (("least", field.least), ("most", field.most)):
        said[name] = "" if bound is None else number_words(field, bound)
    if said["least"] and said["most"] and (is_low or is_high):
        return _("“%(field)s” is from %(least)s to %(most)s, not %(value)s.") % said
    if is_low:
        return _("“%(field)s” is at least %(least)s, not %(value)s.") % said
    if is_high:
        return _("“%(field)s” is at most %(most)s, not %(value)s.") % said
    return _("“%(field)s” has at most %(n)d digits.") % said


def _day(field: Definition, given: Any, _kept: Any) -> str:
    if isinstance(given, str):
        try:
            given = parse_date(given)
        except ValueError:
            given = None
    if isinstance(given, datetime) or not isinstance(given, date):
        raise _wrong(field, _("a day"))
    return given.isoformat()


def _choice(field: Definition, given: Any, kept: Any) -> str:
    return _option(field, given, kept if isinstance(kept, str) else None)


def _choices(field: Definition, given: Any, kept: Any) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise _wrong(field, _("a list of options"))
    had = kept if isinstance(kept, list) else []
    chosen = {_option(field, each, each if each in had else None) for each in given}
    return [option.key for option in field.options if option.key in chosen]


def _option(field: Definition, given: Any, kept: str | None) -> str:
    """One of the options; a retired one only where it stood before."""
    option = next((each for each in field.options if each.key == given), None)
    if option is None or (option.is_retired and given != kept):
        offered = ", ".join(each.label for each in field.options if not each.is_retired)
        raise Refused(
            _("“%(value)s” is not an option of “%(field)s”. Choose one of: %(options)s.")
            % {"value": option.label if option else given, "field": field.label, "options": offered}
        )
    return option.key


def _relation(field: Definition, given: Any, kept: Any) -> int:
    from accounts.models import Account  # clients have custom fields themselves

    key = getattr(given, "pk", given)
    if isinstance(key, bool) or not isinstance(key, int) or not 0 < key < 2**63:
        raise _wrong(field, _("a client"))
    if key != kept and not Account.objects.filter(pk=key).exists():
        raise Refused(_("“%(field)s”: there is no such client.") % {"field": field.label})
    return key


CHECKS: dict[str, Callable[[Definition, Any, Any], Any]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": _day,
    "choice": _choice,
    "choices": _choices,
    "relation": _relation,
}


def _wrong(field: Definition, wanted: str) -> Refused:
    return Refused(_("“%(field)s” must be %(wanted)s.") % {"field": field.label, "wanted": wanted})


def read_number(
    field: Definition, text: str, language: str, read: Callable[[str], Decimal] | None = None
) -> Decimal:
    """A number as people type it: “1 234,5”, with the field's unit after it or without. ValueError with a sentence.

    Among percents a lone fraction is asked about and never guessed: 0.15 is written by programs that mean 15 %, and
    read so a hundred times wrong. A percent sign where the unit is another one is refused for the same reason.
    `read` is how a file writes its numbers, where that is known.
    """
    typed = text.replace(NO_BREAK, " ").strip()
    unit = settings.BASE_CURRENCY if field.kind == "money" else field.unit
    has_unit = bool(unit) and typed.casefold().endswith(unit.casefold())
    plain = typed[: -len(unit)].strip() if has_unit else typed
    if PERCENT in plain and field.kind == "number":
        raise ValueError(
            _("“%(text)s” is a percentage; this field is in %(unit)s.")
            % {"text": typed[:LONGEST_TEXT], "unit": unit or _("plain numbers")}
        )
    number = read(plain) if read else parsed_amount(plain, language)
    if unit == PERCENT and not has_unit and 0 < abs(number) < 1:
        raise ValueError(
            _("“%(text)s” may mean %(less)s %% or %(more)s %%: write it with the sign.")
            % {"text": typed, "less": plain_words(number), "more": plain_words(number * 100)}
        )
    return number


def plain_words(number: Decimal) -> str:
    """A number as the reader's language writes it, with no more decimals than it has."""
    shown = f"{number.normalize():f}"
    return str(formats.number_format(Decimal(shown), use_l10n=True, force_grouping=True))


def number_words(field: Definition, number: Decimal) -> str:
    """A number with its unit: “12.5 m²”, never broken over two lines."""
    if field.kind == "money":
        return money_text(number, settings.BASE_CURRENCY, get_language() or settings.LANGUAGE_CODE)
    words = plain_words(Decimal(number)).replace(" ", NO_BREAK)
    return f"{words}{NO_BREAK}{field.unit}" if field.unit else words


def options_named(field: Definition, text: str) -> list[str]:
    """Keys of options from their labels or keys, apart by commas or semicolons. ValueError names what is unknown."""
    by_word = {option.label.casefold(): option.key for option in field.options}
    by_word |= {option.key: option.key for option in field.options}
    words = [text] if field.kind == "choice" else re.split(r"[,;]", text)
    found = []
    for word in (each.strip() for each in words):
        if not word:
            continue
        if word.casefold() not in by_word:
            offered = ", ".join(each.label for each in field.options if not each.is_retired)
            raise ValueError(
                _("“%(value)s” is not an option of “%(field)s”. Choose one of: %(options)s.")
                % {"value": word, "field": field.label, "options": offered}
            )
        found.append(by_word[word.casefold()])
    return found
