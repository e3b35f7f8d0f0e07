from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from activities.forms.about import AboutForm
from activities.forms.tasks import people_for
from activities.models import Project
from deals.forms import CurrencyField
from foundation.money import parsed_amount, rounded
from users.models import User

MOST_HOURS = 1_000_000


class NumberField(forms.CharField):
    """A number above nothing as people type it: “1 234,50”, “1,234.50”; Decimal or None."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 60})

    def __init__(self, *, most: Decimal | int | None = None, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.most = most

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = parsed_amount(text, get_language() or "en")
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        if number <= 0:
            raise forms.ValidationError(
                _("A budget is more than nothing. Leave it empty where there is none.")
            )
        if self.most is not None and number > self.most:
            raise forms.ValidationError(_("That is more than a project can have."))
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ProjectForm(AboutForm):
    """Hours are typed as hours and kept as minutes."""

    title = forms.CharField(label=_("What the project is called"), max_length=200)
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Who is responsible"), required=False, empty_label=None
    )
    hours = NumberField(label=_("Budget of hours"), most=MOST_HOURS, help_text=_("hours of work"))
    budget_amount = NumberField(label=_("Budget"), most=Decimal("9999999999999.99"))
    currency = CurrencyField(
        label=_("Currency"),
        min_length=3,
        max_length=3,
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, project: Project | None = None, **kwargs: Any) -> None:
        super().__init__(*args, person=person, task=project, **kwargs)
        kept = User.objects.filter(pk=project.owner_id if project else None)
        self.fields["owner"].queryset = people_for(person) | kept  # type: ignore[attr-defined]
        if not person.may("activities.assign"):
            del self.fields["owner"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("budget_amount") is not None and cleaned.get("currency"):
            cleaned["budget_amount"] = rounded(cleaned["budget_amount"], cleaned["currency"])
        return cleaned

    def changes(self) -> dict[str, Any]:
        """As fields of a project; its owner only where the person may choose one."""
        said = self.cleaned_data
        names = [name for name in ("title", "budget_amount", "currency") if name in said]
        owner = {"owner": said["owner"]} if said.get("owner") else {}
        return {
            **{name: said[name] for name in names},
            "budget_minutes": self._minutes(),
            **owner,
            **self.links(),
        }

    def _minutes(self) -> int | None:
        hours = self.cleaned_data["hours"]
        if hours is None:
            return None
        return max(1, int((hours * 60).to_integral_value(ROUND_HALF_UP)))


class VersionForm(forms.Form):
    """Nothing to type, only which state of the record the person saw."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
