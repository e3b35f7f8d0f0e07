"""Well-formed input only: what a payment may do is said by its verbs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from billing.models import LegalEntity
from billing.models.payment import Method
from deals.forms import CurrencyField, clients_like
from foundation.money import parsed_amount

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TYPED = {"inputmode": "decimal", "maxlength": 60}


class MoneyField(forms.CharField):
    """An amount as people type it: “1 234,50”, “1,234.50”; a Decimal over nothing, or None."""

    def __init__(self, *, may_be_nothing: bool = False, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=TYPED), **kwargs)
        self.may_be_nothing = may_be_nothing

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            amount = parsed_amount(text, get_language() or "en")
        except ValueError as trouble:
            raise forms.ValidationError(str(trouble)) from trouble
        if amount < 0 or not (amount or self.may_be_nothing):
            raise forms.ValidationError(_("Say an amount above zero."))
        return amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class CreditLimitForm(forms.Form):
    amount = MoneyField(
        label=_("Credit limit"),
        required=False,
        may_be_nothing=True,
        help_text=_("Empty: no limit. Nothing (0): every invoice has to be approved."),
    )
    currency = CurrencyField(label=_("Currency"), min_length=3, max_length=3)
    valid_from = forms.DateField(label=_("Counts from"), widget=DAY)
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ClientForm(forms.Form):
    """A client chosen below the field, else by the name typed into it."""

    needs_client = False
    client = forms.CharField(label=_("Client"), max_length=200, required=False)
    account = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.offered: list[Account] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("client", "").strip()
        cleaned["account"] = self._client(name, cleaned.get("account")) if name else None
        if self.needs_client and not name:
            self.add_error("client", _("Choose whose the payment is."))
        return cleaned

    def _client(self, name: str, key: int | None) -> Account | None:
        visible = Account.objects.visible_to(self.person)
        chosen: Account | None = visible.filter(pk=key).first() if key else None
        if chosen is not None:
            return chosen
        called = list(visible.filter(name__iexact=name)[:2])
        if len(called) == 1:
            return called[0]
        self.offered = called or clients_like(self.person, name)
        self.add_error(
            "client",
            _("Choose which client you mean.") if self.offered else _("No client is called that."),
        )
        return None


class ReceiveForm(ClientForm):
    amount = MoneyField(label=_("Amount"))
    currency = CurrencyField(label=_("Currency"), min_length=3, max_length=3)
    received_on = forms.DateField(label=_("Day"), widget=DAY)
    method = forms.ChoiceField(label=_("How"), choices=Method.choices)
    legal_entity = forms.ModelChoiceField(LegalEntity.objects.none(), label=_("Own company"))
    payer_name = forms.CharField(label=_("Payer, if not the client"), max_length=300, required=False)
    reference = forms.CharField(label=_("Number of the bank's document"), max_length=60, required=False)
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    invoice = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["legal_entity"].queryset = LegalEntity.objects.order_by("name", "pk")  # type: ignore[attr-defined]


class WhoseForm(VersionForm, ClientForm):
    needs_client = True


class VoidForm(VersionForm):
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PayBackForm(VersionForm):
    amount = MoneyField(label=_("Amount"))
    paid_on = forms.DateField(label=_("Day"), widget=DAY)


class ReleaseForm(VersionForm):
    allocations = forms.TypedMultipleChoiceField(
        label=_("What it settles no more"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what to release.")},
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["allocations"].choices = offered  # type: ignore[attr-defined]


class AllocateForm(VersionForm):
    """An amount for each instalment offered, `part-<key>`; what is left empty is not settled."""

    def __init__(self, *args: Any, offers: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        for offer in offers:
            self.fields[f"part-{offer.key}"] = MoneyField(
                label=offer.label, required=False, initial=offer.suggested
            )

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(offer, self[f"part-{offer.key}"]) for offer in self.offers]

    def parts(self) -> list[tuple[int, Decimal]]:
        named = [(offer.key, self.cleaned_data.get(f"part-{offer.key}")) for offer in self.offers]
        return [(key, amount) for key, amount in named if amount]
