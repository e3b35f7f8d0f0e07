"""Well-formed input only: what a quote may do is said by its verbs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.invoice_forms import HeaderForm, VersionForm
from billing.models.quote_deciding import LONGEST_NAME, LONGEST_REASON
from billing.paper_forms import DAY


class SendQuoteForm(VersionForm):
    valid_until = forms.DateField(label=_("Valid until"), widget=DAY)


class AcceptedForm(forms.Form):
    """What the client told one of us."""

    name = forms.CharField(label=_("Who said yes"), max_length=LONGEST_NAME)


class DeclinedForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )


class PublicAcceptForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=LONGEST_NAME)
    agreed = forms.BooleanField(
        label=_("I accept this quote"), error_messages={"required": _("Tick it to accept the quote.")}
    )


class PublicDeclineForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you decline it?"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class QuoteHeaderForm(HeaderForm):
    """As an invoice's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment_days"].label = _("Days to pay, of its invoice")
