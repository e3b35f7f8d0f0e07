"""Well-formed input only: on which days an invoice may repeat is said by billing/repeating.py and the verbs."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing import repeating
from billing.models import Invoice, RecurringInvoice, RecurringMode
from billing.models.invoice_drafting import months_later
from foundation.errors import Refused

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST_OFFERED = 20
ON_DAY = [
    ("", _("the same as of the first one")),
    (str(repeating.LAST), _("the last day of the month")),
    *((str(day), str(day)) for day in range(1, 32)),
]


class RepeatForm(forms.Form):
    """A rule in plain words: every so many units, by months and years on a day. `rule` is what it comes to."""

    title = forms.CharField(label=_("What it is for"), max_length=200, required=False)
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=366)
    unit = forms.ChoiceField(label=_("Days, weeks, months or years"), choices=repeating.UNITS)
    on_day = forms.TypedChoiceField(
        label=_("On which day of the month"),
        choices=ON_DAY,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("A month that is too short takes its last day."),
    )
    starts_on = forms.DateField(label=_("First on"), widget=DAY)
    ends_on = forms.DateField(label=_("Last on"), widget=DAY, required=False, help_text=_("Empty: no end."))
    mode = forms.ChoiceField(label=_("On the day"), choices=RecurringMode.choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        first = cleaned["starts_on"]
        try:
            cleaned["rule"] = repeating.written(cleaned["every"], cleaned["unit"], first, cleaned["on_day"])
        except Refused as refusal:
            self.add_error("every", refusal.message)
        return cleaned

    @property
    def days_said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("rule", "starts_on", "ends_on", "mode", "title")}


class ChangeRecurringForm(RepeatForm):
    payment_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=3650)
    lines_of = forms.ModelChoiceField(
        Invoice.objects.none(),
        label=_("Lines, prices and header"),
        required=False,
        empty_label=_("as until now"),
        help_text=_("Or as another invoice of the client says: write a draft as it is to be, and choose it."),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, recurring: RecurringInvoice, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Invoice.objects.visible_to(person).filter(account=recurring.account_id, kind="invoice")
        keys = mine.exclude(state="discarded").order_by("-pk").values_list("pk", flat=True)[:MOST_OFFERED]
        offered = Invoice.objects.filter(pk__in=list(keys)).order_by("-pk")
        self.fields["lines_of"].queryset = offered  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return self.days_said | {name: self.cleaned_data[name] for name in ("payment_days", "lines_of")}


class SeenForm(forms.Form):
    """A button, and the version the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class StopForm(SeenForm):
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def said_of(rule: str) -> dict[str, Any]:
    """A rule as the form asks for it."""
    said = repeating.read(rule)
    return {"every": said.every, "unit": said.unit, "on_day": "" if said.day is None else str(said.day)}


def first_of(invoice: Invoice, today: date) -> dict[str, Any]:
    """Monthly, a month after the invoice."""
    return {
        "every": 1,
        "unit": repeating.MONTHS,
        "starts_on": max(months_later(invoice.dated_on, 1), today),
        "mode": RecurringMode.DRAFT,
        "title": invoice.deal.title if invoice.deal else "",
    }
