"""Well-formed input only: what may be sent and shared is said by the verbs."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models.languages import LANGUAGES

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST_LIST, LONGEST_TEXT = 1_000, 10_000


class SendForm(forms.Form):
    to = forms.CharField(
        label=_("To"), max_length=LONGEST_LIST, help_text=_("Several addresses with commas between them.")
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 8}))
    language = forms.ChoiceField(label=_("Language of the document"), choices=LANGUAGES)
    with_link = forms.BooleanField(
        label=_("Put a link to the invoice where the text says {link}"), required=False, initial=True
    )
    opens_until = forms.DateField(label=_("The link opens until"), widget=DAY)

    def addresses(self) -> list[str]:
        return [each.strip() for each in self.cleaned_data["to"].replace(";", ",").split(",") if each.strip()]


class LinkForm(forms.Form):
    opens_until = forms.DateField(label=_("Opens until"), widget=DAY)

    def __init__(self, *args: Any, until: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens_until"].initial = until


class RevokeForm(forms.Form):
    """A button."""
