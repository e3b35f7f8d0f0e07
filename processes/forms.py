"""Well-formed input only: what may be done is said by the verbs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.automation import all_fields
from foundation.money import parsed_amount
from processes.graph.model import Node
from processes.running.deciding import DECLINED, RETURNED
from users.models import User

LONGEST_TEXT = 2_000
MOMENT_TYPED = "%Y-%m-%dT%H:%M"


class NumberField(forms.CharField):
    """A number as people type it: “1 234,5”; Decimal or None."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parsed_amount(text, get_language() or "en")
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


class PersonField(forms.TypedChoiceField):
    """A colleague, as a key; the list is long, so the widget lets one type a few letters of the name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, widget=forms.Select(attrs={"data-find": ""}), **kwargs)


class WorkForm(forms.Form):
    """What a step asks for: its fields, its checklist, a comment. Whoever declines or returns need not fill it in."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, node: Node, before: Mapping[str, Any], **kwargs: Any) -> None:
        """`before`: what a field holds already, by its name."""
        super().__init__(*args, **kwargs)
        self.outcome = str(self.data.get("outcome", "")) if self.is_bound else ""
        self._asked = [each for each in node.data.get("fields") or () if each.get("name")]
        for place, each in enumerate(self._asked):
            field = field_for(each)
            field.required = field.required and self.outcome not in (DECLINED, RETURNED)
            field.initial = _shown(before.get(each["name"]), field)
            self.fields[f"answer_{place}"] = field
        lines = [(str(place), str(line)) for place, line in enumerate(node.data.get("checklist") or ())]
        self.fields["checked"] = forms.MultipleChoiceField(
            label=_("Checklist"), required=False, choices=lines, widget=forms.CheckboxSelectMultiple
        )

    @property
    def answer_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("answer_")]

    @property
    def has_checklist(self) -> bool:
        return bool(self.fields["checked"].choices)  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        return {each["name"]: self.cleaned_data[f"answer_{n}"] for n, each in enumerate(self._asked)}

    def checked(self) -> list[int]:
        return [int(place) for place in self.cleaned_data["checked"]]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class SureForm(forms.Form):
    """Nothing is asked but whether it is meant."""


class KeepForm(forms.Form):
    until = forms.DateField(
        label=_("Look at it again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class NudgeForm(forms.Form):
    text = forms.CharField(
        label=_("What to say"),
        required=False,
        max_length=300,
        help_text=_("Without it they are told that you wait."),
    )


class DelegateForm(forms.Form):
    """To whom: any colleague who works here, but for whoever has it."""

    person = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, holder: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active().filter(is_robot=False).exclude(pk=holder)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class RestartForm(ReasonForm):
    """Where a run goes on from: “token:node”, among those the page offers."""

    to = forms.ChoiceField(label=_("Go on from"))
    field_order = ["to", "reason"]

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = places  # type: ignore[attr-defined]


def field_for(asked: Mapping[str, Any]) -> forms.Field:
    known = all_fields().get(asked["name"])
    kind = asked.get("kind") or (known.kind if known else "text")
    label = asked.get("label") or (known.label if known else asked["name"])
    said: dict[str, Any] = {
        "label": f"{label}, {unit}" if (unit := _unit(asked, known, kind)) else label,
        "required": bool(asked.get("is_required")),
        "help_text": asked.get("help") or "",
    }
    match kind:
        case "number" | "money":
            return NumberField(
                widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 60}), **said
            )
        case "date":
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(widget=widget, **said)
        case "moment":
            picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_TYPED)
            return forms.DateTimeField(
                widget=picker, input_formats=[MOMENT_TYPED, "%Y-%m-%dT%H:%M:%S"], **said
            )
        case "person":
            people = User.objects.active().filter(is_robot=False).order_by("sort_key", "pk")
            return PersonField(choices=[("", "—"), *people.values_list("pk", "name")], **said)
        case "long_text":
            return forms.CharField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **said)
        case "boolean":
            return forms.BooleanField(**said | {"required": False})
        case "choice":
            return forms.ChoiceField(choices=[("", "—"), *_options(asked, known)], **said)
    return forms.CharField(max_length=LONGEST_TEXT, **said)


def _unit(asked: Mapping[str, Any], known: Any, kind: str) -> str:
    """What an amount is counted in: what the field says, of the process's own money the company's currency."""
    if known is not None:
        return str(known.unit or "")
    return settings.BASE_CURRENCY if kind == "money" else ""


def _options(asked: Mapping[str, Any], known: Any) -> list[tuple[str, str]]:
    """Those said with the field; of a field of the record, those its room offers."""
    listed = asked.get("options")
    if listed is None and known is not None and getattr(known, "options", None):
        listed = known.options()
    pairs = (each if isinstance(each, list | tuple) else (each, each) for each in listed or ())
    return [(str(value), str(label)) for value, label in pairs]


def _shown(value: Any, field: forms.Field) -> Any:
    """A value as its input shows it; answers of before were kept as JSON."""
    if isinstance(field, forms.DateTimeField):
        return parse_datetime(value) if isinstance(value, str) else value
    if isinstance(field, forms.DateField):
        return value if isinstance(value, date) else parse_date(str(value)[:10]) if value else None
    if isinstance(field, forms.ChoiceField) and value is not None:
        return str(value)
    return value
