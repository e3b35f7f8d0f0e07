"""What is said about an invoice above its lines."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AccountField, AmountField
from accounts.models import Contact
from billing.models import BankAccount, Invoice, LegalEntity
from deals.models import Deal

DAY = {"type": "date"}


class BeginForm(forms.Form):
    """The least there is to say; everything else is the usual, and may be changed afterwards."""

    account = AccountField(label=_("Client"), help_text=_("begin to type its name"))
    legal_entity = forms.ModelChoiceField(LegalEntity.objects.none(), label=_("Own company"), required=False)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("nothing: the own company's")
    )
    dated_on = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(DAY),
        help_text=_("nothing: the day it is issued"),
    )

    def __init__(self, data: Any = None, *, person: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        account: Any = self.fields["account"]
        account.person = person
        entity: Any = self.fields["legal_entity"]
        entity.queryset = LegalEntity.objects.filter(is_active=True)
        entity.empty_label = _("the usual one")

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


class HeaderForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    account = AccountField(label=_("Client"))
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), required=False)
    deal = forms.ModelChoiceField(Deal.objects.none(), label=_("Deal"), required=False)
    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Own company"), empty_label=None
    )
    bank_account = forms.ModelChoiceField(
        BankAccount.objects.none(), label=_("Bank account"), required=False, empty_label=_("the usual one")
    )
    dated_on = forms.DateField(label=_("Date"), widget=forms.DateInput(DAY))
    payment_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=3650)
    currency = forms.CharField(label=_("Currency"), max_length=3)
    language = forms.ChoiceField(label=_("Language of the document"))
    tax_mode = forms.ChoiceField(label=_("Taxes"))
    tax_rounding = forms.ChoiceField(label=_("Rounding of taxes"))
    discount_percent = forms.DecimalField(
        label=_("Discount of the whole, %"), required=False, min_value=0, max_value=100, decimal_places=4
    )
    discount_amount = AmountField(label=_("or an amount"), required=False)
    promo_code = forms.CharField(label=_("Promo code"), max_length=40, required=False)
    note = forms.CharField(
        label=_("Note to the client"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("printed on the document"),
    )

    def __init__(self, data: Any = None, *, invoice: Invoice, person: Any) -> None:
        names = [name for name in self.base_fields if name != "version"]
        super().__init__(
            data, initial={name: getattr(invoice, name) for name in names} | {"version": invoice.version}
        )
        self.invoice = invoice
        fields: dict[str, Any] = self.fields
        fields["account"].person = person
        fields["contact"].queryset = Contact.objects.filter(account=invoice.account_id, has_left=False)
        deals = Deal.objects.visible_to(person).filter(account=invoice.account_id)
        fields["deal"].queryset = deals.order_by("-opened_at", "-pk")
        fields["legal_entity"].queryset = LegalEntity.objects.filter(is_active=True)
        banks = BankAccount.objects.filter(legal_entity=invoice.legal_entity_id, is_active=True)
        fields["bank_account"].queryset = banks
        for name in ("language", "tax_mode", "tax_rounding"):
            fields[name].choices = Invoice._meta.get_field(name).choices or _languages()
        if invoice.discount_percent is not None:
            self.initial["discount_percent"] = f"{invoice.discount_percent.normalize():f}"

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def changes(self) -> dict[str, Any]:
        """What differs from the invoice as it was read."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and value != getattr(self.invoice, name)
        }


def _languages() -> Any:
    from django.conf import settings

    return settings.LANGUAGES
