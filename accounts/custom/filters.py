"""Lists narrowed by custom fields. `custom.<key>` is letters of a text, options apart by commas, or a client's key;
`custom.<key>.from` and `custom.<key>.to` are ends of numbers, money and days, both counted.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Func, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.custom.definitions import Definition, definitions
from accounts.custom.values import PERCENT, number_words, read_number
from accounts.fields import KEY_AT_END
from foundation.errors import Refused

PREFIX = "custom."
LONGEST = 200
FROM, TO = "from", "to"
ENDED = {"number", "money", "date"}


@dataclass(frozen=True)
class Asked:
    """What a filter asks for: `values` any of which may stand in the field, `text` as a chip says it."""

    values: tuple[Any, ...]
    text: str


@dataclass(frozen=True)
class Input:
    """A custom field in a form of filters; `options` are (key, label, is chosen) where something is chosen."""

    name: str
    label: str
    kind: str
    value: str
    options: list[tuple[str, str, bool]] = field(default_factory=list)


class AskedWidget(forms.TextInput):
    """Options said once, several times, or apart by commas."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        said = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return ",".join(each for each in said if each)


class AskedField(forms.CharField):
    widget = AskedWidget

    def __init__(self, *, definition: Definition, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.definition = definition

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return READINGS[self.definition.kind](self.definition, typed)
        except ValueError as trouble:
            raise ValidationError(str(trouble)) from None
        except Refused as refusal:
            raise ValidationError(refusal.message) from None


class CustomFilter(django_filters.Filter):
    field_class = AskedField

    def __init__(self, definition: Definition, end: str = "") -> None:
        label = definition.words
        words = {FROM: _("%(field)s from"), TO: _("%(field)s to")}
        label = words[end] % {"field": label} if end else label
        super().__init__(label=label, definition=definition)
        self.definition, self.end = definition, end

    def filter(self, queryset: Any, value: Asked | None) -> Any:
        return queryset if value is None else queryset.filter(condition(self.definition, self.end, value))


class CustomFilters(django_filters.FilterSet):
    """Mixed into the filters of a list; its model has `CustomValues`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters |= bound_filters(self._meta.model.custom_record, self)


def bound_filters(record: str, filterset: Any) -> dict[str, CustomFilter]:
    found = {}
    for definition in definitions(record):
        for end in ends_of(definition):
            name = parameter(definition, end)
            found[name] = CustomFilter(definition, end)
            found[name].parent, found[name].model = filterset, filterset._meta.model
    return found


def condition(definition: Definition, end: str, asked: Asked) -> Any:
    """Written as the indexes are: of the column for options and clients, of the single field for the others."""
    key, first = definition.key, asked.values[0]
    compare = LessThanOrEqual if end == TO else GreaterThanOrEqual
    match definition.kind:
        case "text":
            return IContains(KeyTextTransform(key, "custom"), first)
        case "number" | "money":
            return compare(as_number(key), first)
        case "date":
            return compare(KeyTextTransform(key, "custom"), first)
    anything = Q()
    for value in asked.values:
        anything |= Q(custom__contains={key: [value] if definition.kind == "choices" else value})
    return anything


def as_number(key: str) -> Func:
    """A field of the column as PostgreSQL's numeric; without digits of its own, which Cast would insist on."""
    inner = KeyTransform(key, "custom")
    return Func(inner, template="(%(expressions)s)::numeric", output_field=DecimalField())


def parameter(definition: Definition, end: str = "") -> str:
    return PREFIX + definition.key + (f".{end}" if end else "")


def ends_of(definition: Definition) -> tuple[str, ...]:
    """Formulas are not kept, so nothing is found by them."""
    if definition.kind == "formula":
        return ()
    return (FROM, TO) if definition.kind in ENDED else ("",)


def parameters(record: str) -> list[str]:
    return [parameter(each, end) for each in definitions(record) for end in ends_of(each)]


def asked_words(filterset: Any) -> list[tuple[str, str]]:
    """(parameter, sentence) of every custom filter that is set: for chips."""
    cleaned = filterset.form.cleaned_data
    return [
        (name, f"{each.label}: {cleaned[name].text}")
        for name, each in filterset.filters.items()
        if isinstance(each, CustomFilter) and cleaned.get(name) is not None
    ]


def inputs(record: str, query: Any) -> list[Input]:
    """The custom fields as a form of filters shows them, with what is asked now; retired ones are not offered."""
    found = []
    for each in definitions(record):
        if each.is_retired:
            continue
        for end in ends_of(each):
            name = parameter(each, end)
            said = query.get(name, "")
            chosen = said.split(",")
            options = [(option.key, option.label, option.key in chosen) for option in each.options]
            kind = "select" if options else "date" if each.kind == "date" else each.kind
            found.append(Input(name, str(CustomFilter(each, end).label), kind, said, options))
    return found


def _text(_definition: Definition, typed: str) -> Asked:
    return Asked((typed,), f"“{typed}”")


def _number(definition: Definition, typed: str) -> Asked:
    """An end of a range may be a fraction of a percent: nothing is written, so nothing is asked about."""
    is_bare = definition.unit == PERCENT and not typed.endswith(PERCENT)
    number = read_number(definition, f"{typed} {PERCENT}" if is_bare else typed, get_language() or "en")
    return Asked((number,), number_words(definition, Decimal(number)))


def _day(_definition: Definition, typed: str) -> Asked:
    day = parse_date(typed)
    if day is None:
        raise ValueError(_("“%(text)s” is not a day.") % {"text": typed})
    return Asked((day.isoformat(),), formats.date_format(day))


def _options(definition: Definition, typed: str) -> Asked:
    keys = list(dict.fromkeys(part for part in typed.split(",") if part))
    known = {option.key for option in definition.options}
    if not keys or not known.issuperset(keys):
        raise ValueError(_("This is not something to choose here."))
    return Asked(tuple(keys), ", ".join(definition.option_label(key) for key in keys))


def _client(_definition: Definition, typed: str) -> Asked:
    """A key, or the “Name · ID12” of a suggestion. Whether it exists is not told."""
    found = KEY_AT_END.search(typed)
    key = found[1] if found else typed
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise ValueError(_("Choose one of the suggestions."))
    return Asked((int(key),), typed if found else f"ID{key}")


READINGS = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": _day,
    "choice": _options,
    "choices": _options,
    "relation": _client,
}
