"""The custom fields of a record in its form: read as people type, checked as the verb checks, kept when refused."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.custom.definitions import Definition, definitions
from accounts.custom.values import LONGEST_TEXT, PERCENT, checked_value, plain_words, read_number
from accounts.fields import AccountField
from accounts.models import Account
from foundation.errors import Refused

PREFIX = "custom_"
LONG_TEXT = 80


class CheckedField(forms.Field):
    """Runs the verb's own check, so that a mistake stands at its field and not only above the form."""

    definition: Definition
    kept: Any = None

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned in (None, "", []):
            return None
        try:
            checked_value(self.definition, cleaned, self.kept)
        except Refused as refusal:
            raise ValidationError(refusal.message) from None
        return cleaned


class TextField(CheckedField, forms.CharField):
    pass


class NumberField(CheckedField, forms.CharField):
    """“1 234,5”, with the unit or without, as a Decimal; None when empty."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return read_number(self.definition, typed, get_language() or "en")
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None

    def run_validators(self, value: Any) -> None:
        """The length was the text's; the number is checked as the verb checks it."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal | int):
            return value
        number = Decimal(value)
        is_fraction = (
            self.definition.unit == PERCENT and 0 < abs(number) < 1
        )  # which would be asked about again
        return f"{plain_words(number)} {PERCENT}" if is_fraction else plain_words(number)


class DayField(CheckedField, forms.DateField):
    pass


class OptionField(CheckedField, forms.ChoiceField):
    pass


class OptionsField(CheckedField, forms.MultipleChoiceField):
    pass


class ClientField(CheckedField, AccountField):
    pass


class CustomForm(forms.BaseForm):
    """Mixed into a form: `add_custom` in __init__, `custom_fields` in its template, `custom_changes()` for the verb.

    Reading the clients that fields hold costs one statement. A field with a client this person may not see is left out.
    """

    custom_names: list[str]

    def add_custom(
        self, record: str, values: Mapping[str, Any], person: Any, *, only_required: bool = False
    ) -> None:
        self.custom_names = []
        clients = _clients(record, values, person)
        for definition in definitions(record):
            name, kept = PREFIX + definition.key, values.get(definition.key)
            is_hidden = definition.kind == "relation" and kept is not None and kept not in clients
            is_left_out = only_required and not definition.is_required
            if definition.kind == "formula" or definition.is_retired or is_hidden or is_left_out:
                continue
            field = MAKERS[definition.kind](definition, kept)
            field.definition, field.kept = definition, kept
            if isinstance(field, ClientField):
                field.person = person
                kept = clients.get(kept)
            self.fields[name] = field
            self.initial[name] = parse_date(kept) if definition.kind == "date" and kept else kept
            self.custom_names.append(name)

    @property
    def custom_fields(self) -> list[Any]:
        """The fields in their order, for the template."""
        return [self[name] for name in self.custom_names]  # type: ignore[index]

    def custom_changes(self) -> dict[str, Any]:
        """{key: value} of every field the form shows, empty ones as None."""
        cleaned = self.cleaned_data  # type: ignore[attr-defined]
        return {name.removeprefix(PREFIX): cleaned.get(name) for name in self.custom_names}


def _clients(record: str, values: Mapping[str, Any], person: Any) -> dict[Any, Account]:
    kinds = {each.key for each in definitions(record) if each.kind == "relation"}
    keys = sorted({value for key, value in values.items() if key in kinds})
    return Account.objects.visible_to(person).in_bulk(keys) if keys else {}


def _common(definition: Definition) -> dict[str, Any]:
    return {
        "label": definition.words,
        "required": definition.is_required,
        "help_text": definition.help_text,
    }


def _text(definition: Definition, kept: Any) -> forms.Field:
    widget = forms.Textarea({"rows": 3}) if len(kept or "") > LONG_TEXT else forms.TextInput()
    return TextField(max_length=LONGEST_TEXT, widget=widget, **_common(definition))


def _number(definition: Definition, _kept: Any) -> forms.Field:
    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    return NumberField(max_length=60, widget=widget, **_common(definition))


def _day(definition: Definition, _kept: Any) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(widget=widget, **_common(definition))


def _choice(definition: Definition, kept: Any) -> forms.Field:
    return OptionField(choices=[("", _("Not known")), *_offered(definition, [kept])], **_common(definition))


def _choices(definition: Definition, kept: Any) -> forms.Field:
    offered = _offered(definition, kept or [])
    return OptionsField(choices=offered, widget=forms.CheckboxSelectMultiple, **_common(definition))


def _relation(definition: Definition, _kept: Any) -> forms.Field:
    return ClientField(**_common(definition))


def _offered(definition: Definition, kept: list[Any]) -> list[tuple[str, str]]:
    """The options not retired, and those the record has."""
    return [(each.key, each.label) for each in definition.options if not each.is_retired or each.key in kept]


MAKERS: dict[str, Callable[[Definition, Any], Any]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": _day,
    "choice": _choice,
    "choices": _choices,
    "relation": _relation,
}
