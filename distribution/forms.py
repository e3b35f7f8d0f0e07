from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution import queries
from distribution.models import DistributionRule, Record


class TrialForm(forms.Form):
    """Which rules are tried on what. Give `person`: only records they may see are tried."""

    record = forms.ChoiceField(label=_("Of"), choices=Record.choices, required=False)
    rule = forms.ModelChoiceField(
        DistributionRule.objects.none(), label=_("Rule"), required=False, empty_label=_("all rules in use")
    )
    key = forms.CharField(
        label=_("Record"),
        required=False,
        max_length=200,
        help_text=_("Its ID or the address of its page. Empty: the last fifty."),
    )

    def __init__(self, *args: Any, person: Any, record: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.of = person, record
        rules = DistributionRule.objects.filter(record=record).order_by("position", "pk")
        self.fields["rule"].queryset = rules  # type: ignore[attr-defined]

    def clean_key(self) -> int | None:
        typed = self.cleaned_data["key"]
        if not typed:
            return None
        key = queries.key_of(typed)
        if key is None:
            raise forms.ValidationError(_("Enter an ID, such as 12, or paste the address of the record."))
        if not queries.is_there(self.of, key, self.person):
            raise forms.ValidationError(_("There is no lead or open deal with this ID that you may see."))
        return key


class GiveForm(forms.Form):
    """What to distribute: the ticked records, or with `everything` all that nobody has."""

    record = forms.ChoiceField(choices=Record.choices)
    everything = forms.BooleanField(required=False)
    keys = forms.TypedMultipleChoiceField(required=False, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.data.getlist("keys")[: queries.SHOWN]  # type: ignore[attr-defined]
        keys = [key for key in said if key.isascii() and key.isdigit() and len(key) < 19]
        self.fields["keys"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said.get("everything") and not said.get("keys"):
            raise forms.ValidationError(_("Tick what should be distributed."))
        return said
