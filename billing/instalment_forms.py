"""The schedule of an invoice: equal parts, parts in percent, amounts by hand, or all at once."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.arithmetic.instalments import by_percent
from billing.invoice_forms import DAY, VersionForm
from billing.models.invoice_drafting import MOST_INSTALMENTS
from billing.typed import NumberField

ONCE, EQUAL, PERCENT, HAND = "once", "equal", "percent", "hand"
HUNDRED = Decimal(100)


class PartForm(forms.Form):
    due_on = forms.DateField(label=_("Due on"), widget=DAY, required=False)
    share = NumberField(label=_("Percent or amount"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned.get("share") and not cleaned.get("due_on"):
            self.add_error("due_on", _("Say when it is due."))
        if cleaned.get("due_on") and not cleaned.get("share"):
            self.add_error("share", _("Say how much it is."))
        return cleaned


PartFormSet = forms.formset_factory(
    PartForm, extra=3, max_num=MOST_INSTALMENTS, absolute_max=MOST_INSTALMENTS + 1
)


class InstalmentsForm(VersionForm):
    """How the total is divided; the rows of parts are forms of their own, `parts`."""

    how = forms.ChoiceField(
        label=_("How it is paid"),
        choices=[
            (ONCE, _("all at once")),
            (EQUAL, _("in equal parts")),
            (PERCENT, _("in parts by percent")),
            (HAND, _("in parts by hand")),
        ],
        widget=forms.RadioSelect,
    )
    count = forms.IntegerField(
        label=_("Parts"), min_value=1, max_value=MOST_INSTALMENTS, required=False, initial=3
    )
    first_due_on = forms.DateField(label=_("First due on"), widget=DAY, required=False)
    months = forms.IntegerField(
        label=_("Months between"), min_value=1, max_value=12, required=False, initial=1
    )

    def __init__(self, data: Any = None, *, had: list[Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        initial = [{"due_on": each.due_on, "share": each.amount} for each in had]
        self.parts = PartFormSet(data, initial=initial, prefix="part")

    def is_valid(self) -> bool:
        is_sound = super().is_valid()
        if self.is_bound and self.cleaned_data.get("how") in (PERCENT, HAND):
            is_sound = self._are_parts_sound() and is_sound
        return is_sound

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == EQUAL:
            for name in ("count", "first_due_on", "months"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Say this for equal parts."))
        return cleaned

    def said(self) -> list[tuple[date, Decimal]]:
        """(day, percent or amount) of the rows that say something."""
        rows = [each.cleaned_data for each in self.parts]
        return [(row["due_on"], row["share"]) for row in rows if row.get("due_on") and row.get("share")]

    def amounts(self, total: Decimal, currency: str) -> list[tuple[date, Decimal]]:
        """Days with amounts, as they are kept."""
        if self.cleaned_data["how"] == ONCE:
            return []
        rows = sorted(self.said())
        if self.cleaned_data["how"] == PERCENT:
            shares = by_percent(total, [share for _day, share in rows], currency)
            return [(day, amount) for (day, _share), amount in zip(rows, shares, strict=True)]
        return rows

    def _are_parts_sound(self) -> bool:
        if not self.parts.is_valid():
            self.add_error(None, _("Look at the parts below."))
            return False
        if not self.said():
            self.add_error(None, _("Say when how much is due."))
            return False
        if self.cleaned_data["how"] == PERCENT and sum(share for _day, share in self.said()) != HUNDRED:
            self.add_error(None, _("The percents of the parts sum to a hundred."))
            return False
        return True
