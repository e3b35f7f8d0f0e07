"""Repetition and reminders as fields of a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities import estimates
from activities.repeat_choices import CHOICES, CUSTOM, WEEKLY, Repeat, choice_of, rule_of, weekday_names
from activities.repeats import checked
from foundation.errors import Refused

NEVER, UNTIL, TIMES = "never", "until", "times"
OFFSETS = [
    ("0", _("when it is due")),
    ("15", _("15 min before")),
    ("60", _("an hour before")),
    ("1440", _("a day before")),
]
MOST_REMINDERS = 5
LONGEST_BEFORE = 60 * 24 * 60


def day_field(label: Any, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class RepeatForm(forms.Form):
    """How often, and until when; as one RRULE in `rule()`."""

    repeats = forms.ChoiceField(label=_("Repeat"), choices=CHOICES, required=False)
    every = forms.IntegerField(
        label=_("Every so many"), min_value=1, max_value=366, required=False, initial=1
    )
    weekdays = forms.MultipleChoiceField(
        label=_("On"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    custom_rule = forms.CharField(
        label=_("Rule"), max_length=200, required=False,
        help_text=_("An RRULE of RFC 5545, such as FREQ=MONTHLY;BYDAY=-1FR"),
    )  # fmt: skip
    ends = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        choices=[(NEVER, _("never")), (UNTIL, _("on a day")), (TIMES, _("after so many times"))],
    )
    until = day_field(_("Last day"))
    times = forms.IntegerField(label=_("Times"), min_value=1, max_value=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].choices = [(str(day), name) for day, name in weekday_names()]  # type: ignore[attr-defined]

    def clean_repeat(self, cleaned: dict[str, Any], first: Any) -> str:
        """The rule for what was chosen; what is wrong stands at its field."""
        choice = cleaned.get("repeats") or ""
        if not choice:
            return ""
        if first is None:
            self.add_error(
                "repeats", _("Say when it is due the first time: the repetition counts from there.")
            )
            return ""
        ends = cleaned.get("ends") or NEVER
        for name, way in (("until", UNTIL), ("times", TIMES)):
            if ends == way and not cleaned.get(name) and name not in self.errors and choice != CUSTOM:
                self.add_error(name, _("Say when the repetition ends."))
        if ends == UNTIL and cleaned.get("until") and cleaned["until"] < first:
            self.add_error("until", _("It cannot end before it begins."))
        repeat = Repeat(
            choice,
            cleaned.get("every") or 1,
            tuple(int(day) for day in cleaned.get("weekdays", ())) if choice == WEEKLY else (),
            cleaned.get("until") if ends == UNTIL else None,
            cleaned.get("times") if ends == TIMES else None,
            cleaned.get("custom_rule", ""),
        )
        try:
            return checked(rule_of(repeat, first))
        except Refused as refusal:
            self.add_error("custom_rule" if choice == CUSTOM else "repeats", refusal.message)
        return ""


def repeat_values(rule: str, first: Any) -> dict[str, Any]:
    """First values of the fields for a rule a task has."""
    if not rule or first is None:
        return {}
    repeat = choice_of(rule, first)
    return {
        "repeats": repeat.choice,
        "every": repeat.every,
        "weekdays": [str(day) for day in repeat.weekdays],
        "custom_rule": rule if repeat.choice == CUSTOM else "",
        "ends": UNTIL if repeat.until else TIMES if repeat.times else NEVER,
        "until": repeat.until,
        "times": repeat.times,
    }


class EstimateField(forms.Field):
    """Minutes, typed as “1h 30m”, “90” or “1,5 h”; None for nothing."""

    widget = forms.TextInput(attrs={"maxlength": 40, "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        try:
            return estimates.parsed(str(value or "")[:100])
        except ValueError as trouble:
            raise ValidationError(str(trouble)) from trouble

    def prepare_value(self, value: Any) -> Any:
        return estimates.in_words(value) if isinstance(value, int) else value


class RemindersForm(forms.Form):
    """How long before it is due to be reminded."""

    reminders = forms.MultipleChoiceField(
        label=_("Remind me"), choices=OFFSETS, required=False, widget=forms.CheckboxSelectMultiple
    )
    reminder_before = EstimateField(label=_("or this long before"))

    def minutes(self) -> list[int]:
        said = {int(each) for each in self.cleaned_data["reminders"]}
        other = self.cleaned_data["reminder_before"]
        return sorted(said | ({min(other, LONGEST_BEFORE)} if other else set()))[:MOST_REMINDERS]


def reminder_values(minutes: list[int]) -> dict[str, Any]:
    known = {int(value) for value, _label in OFFSETS}
    other = [each for each in minutes if each not in known]
    return {
        "reminders": [str(each) for each in minutes if each in known],
        "reminder_before": estimates.in_words(other[0]) if other else "",
    }
