"""What to list in the register. A filter that cannot be read is left out and said so."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from activities.models import CallResult
from activities.queries.register import KINDS, Asked
from users.models import User


class RegisterForm(forms.Form):
    kind = forms.MultipleChoiceField(label=_("Kind"), choices=list(KINDS.items()), required=False)
    when = forms.ChoiceField(choices=[("", _("Past")), ("upcoming", _("To come"))], required=False)
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Who"), required=False, empty_label=_("Everybody")
    )
    account = forms.ModelChoiceField(Account.objects.none(), required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    result = forms.ChoiceField(
        label=_("Result of the call"),
        choices=[("", _("Any result")), *((value, capfirst(word)) for value, word in CallResult.choices)],
        required=False,
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(person).active().order_by("name", "pk")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["account"].queryset = Account.objects.visible_to(person)  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        self.is_valid()
        said = self.cleaned_data
        chosen, account = said.get("person"), said.get("account")
        return Asked(
            kinds=tuple(said.get("kind") or ()),
            is_upcoming=said.get("when") == "upcoming",
            person_id=chosen.pk if chosen else None,
            account_id=account.pk if account else None,
            since=said.get("since"),
            until=said.get("until"),
            result=said.get("result") or "",
        )
