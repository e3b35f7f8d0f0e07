"""A custom field's value said in words, as somebody writes it into a process once and for all."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.custom.definitions import Definition, definitions
from accounts.custom.values import options_named, read_number
from foundation.errors import Refused

UNSAID = frozenset({"formula", "relation"})  # computed, or a key that nobody writes as words


def fields_to_say(record: str) -> Callable[[], Iterable[tuple[Any, Any]]]:
    """(key, words) of the fields whose values can be said."""
    return lambda: [(each.key, each.words) for each in _sayable(record)]


def as_said(record: str, key: str, text: Any) -> Any:
    """The value as `values.checked` takes it; empty clears it. Refused with a sentence for what it cannot be."""
    field = next((each for each in _sayable(record) if each.key == key), None)
    if field is None:
        raise Refused(_("There is no custom field “%(key)s”.") % {"key": key})
    if not isinstance(text, str) or not text.strip():
        return None if isinstance(text, str) else text
    try:
        match field.kind:
            case "number" | "money":
                return read_number(field, text, settings.LANGUAGE_CODE)
            case "choice":
                return next(iter(options_named(field, text)), None)
            case "choices":
                return options_named(field, text)
    except ValueError as trouble:
        raise Refused(str(trouble)) from trouble
    return text.strip()


def _sayable(record: str) -> list[Definition]:
    return [each for each in definitions(record) if each.kind not in UNSAID and not each.is_retired]
