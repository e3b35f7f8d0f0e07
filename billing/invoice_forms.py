"""Well-formed input only: what an invoice may do is said by its verbs."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from billing.crediting import Left
from billing.models import BankAccount, LegalEntity
from billing.models.languages import LANGUAGES
from billing.models.paper import TaxMode, TaxRounding
from billing.queries.amounts import number_text, plain_amount
from billing.typed import NumberField
from catalog.models import PriceList
from deals.forms import CurrencyField, clients_like
from users.models import User

WHOLE, LINES = "whole", "lines"
MOST_LINES = 300
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NothingForm(forms.Form):
    """A button."""


class VersionForm(forms.Form):
    """Nothing to fill in: a button, and the version the person saw."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ApproveForm(VersionForm):
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(VersionForm):
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class GiveForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("New owner"), empty_label=None)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.visible_to(person).active().order_by("sort_key", "pk")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class WriteOffForm(ReasonForm):
    amount = NumberField(label=_("Amount"), required=False, help_text=_("empty: all that is due"))
    field_order = ("amount", "reason")


class CreditForm(ReasonForm):
    """All that is left, or some of it: a quantity for each line, `line-<key>`; an empty one takes nothing back."""

    how = forms.ChoiceField(
        label=_("What is credited"),
        choices=[(WHOLE, _("everything that is left")), (LINES, _("these quantities"))],
        widget=forms.RadioSelect,
        initial=WHOLE,
    )

    def __init__(self, *args: Any, left: Mapping[int, Left], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.left = dict(list(left.items())[:MOST_LINES])
        for key, each in self.left.items():
            self.fields[f"line-{key}"] = NumberField(
                label=each.line.title, required=False, decimals=3, least=Decimal(0), most=each.quantity
            )

    @property
    def rows(self) -> list[tuple[str, str, str, forms.BoundField]]:
        """(title, quantity left, what that comes to, its field)"""
        return [
            (
                each.line.title,
                f"{number_text(each.quantity)} {each.line.unit}".strip(),
                plain_amount(each.gross, self.currency),
                self[f"line-{key}"],
            )
            for key, each in self.left.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") == LINES and not self.errors and not self.wanted():
            self.add_error("how", _("Say how much of which line is credited."))
        return cleaned

    def wanted(self) -> list[tuple[int, Decimal]] | None:
        """None for everything."""
        if self.cleaned_data.get("how") != LINES:
            return None
        said = [(key, self.cleaned_data.get(f"line-{key}")) for key in self.left]
        return [(key, quantity) for key, quantity in said if quantity]


class ClientForm(forms.Form):
    """A client chosen below the field, else by the name typed into it."""

    client = forms.CharField(label=_("Client"), max_length=200)
    account = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, now: Account | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.now = person, now
        self.offered: list[Account] = []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if name := cleaned.get("client", "").strip():
            cleaned["account"] = self._client(name, cleaned.get("account"))
        return cleaned

    def _client(self, name: str, key: int | None) -> Account | None:
        """The client the invoice has stays valid even for somebody who does not see it."""
        if self.now is not None and name == self.now.name and key in (None, self.now.pk):
            return self.now
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


class MaybeCurrencyField(CurrencyField):
    """Empty where the own company's usual one will do."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value) if value else ""


class NewInvoiceForm(ClientForm):
    """The few things one knows when it begins; lines come next, everything else is on its page."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Own company"), required=False, empty_label=_("the usual one")
    )
    currency = MaybeCurrencyField(label=_("Currency"), min_length=3, max_length=3, required=False)
    tax_mode = forms.ChoiceField(label=_("Taxes"), choices=TaxMode.choices)
    payment_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=3650)
    deal = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = LegalEntity.objects.filter(is_active=True).order_by("name", "pk")
        self.fields["legal_entity"].queryset = own  # type: ignore[attr-defined]

    def header(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "legal_entity": said["legal_entity"],
            "currency": said["currency"] or None,
            "tax_mode": said["tax_mode"],
            "payment_days": said["payment_days"],
        }


class HeaderForm(ClientForm):
    """Everything of the header, of a draft. A discount on the document is for those who may set prices."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=_("Own company"), empty_label=None
    )
    bank_account = forms.ModelChoiceField(
        BankAccount.objects.none(), label=_("Bank account"), required=False, empty_label=_("the usual one")
    )
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Contact"), required=False)
    currency = CurrencyField(label=_("Currency"), min_length=3, max_length=3)
    dated_on = forms.DateField(label=_("Dated"), widget=DAY)
    payment_days = forms.IntegerField(label=_("Days to pay"), min_value=0, max_value=3650)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    tax_mode = forms.ChoiceField(label=_("Taxes"), choices=TaxMode.choices)
    tax_rounding = forms.ChoiceField(label=_("Rounding of taxes"), choices=TaxRounding.choices)
    price_list = forms.ModelChoiceField(
        PriceList.objects.none(), label=_("Price list"), required=False, empty_label=_("the client's")
    )
    promo_code = forms.CharField(label=_("Promo code"), max_length=40, required=False)
    discount_percent = NumberField(
        label=_("Discount, %"), required=False, least=Decimal(0), most=Decimal(100)
    )
    discount_amount = NumberField(label=_("Discount as an amount"), required=False)
    note = forms.CharField(
        label=_("Note to the client"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, invoice: Any, **kwargs: Any) -> None:
        super().__init__(*args, now=invoice.account, **kwargs)
        self.invoice = invoice
        own = LegalEntity.objects.filter(Q(is_active=True) | Q(pk=invoice.legal_entity_id))
        banks = BankAccount.objects.filter(Q(is_active=True) | Q(pk=invoice.bank_account_id))
        contacts = Contact.objects.visible_to(self.person).filter(account=invoice.account_id, has_left=False)
        fields: Any = self.fields
        fields["legal_entity"].queryset = own.order_by("name", "pk")
        fields["bank_account"].queryset = banks.select_related("legal_entity").order_by("legal_entity", "pk")
        fields["contact"].queryset = contacts | Contact.objects.filter(pk=invoice.contact_id)
        lists = PriceList.objects.filter(Q(is_active=True) | Q(pk=invoice.price_list_id))
        fields["price_list"].queryset = lists.order_by("position", "name")
        if not self.person.may("billing.change_prices"):
            for name in ("price_list", "discount_percent", "discount_amount"):
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """Only what is other than it was: a discount that nobody touched is converted with the currency."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("client", "version")}
        if said["contact"] is not None and said["contact"].account_id != said["account"].pk:
            said["contact"] = None  # it went with the client
        return {name: value for name, value in said.items() if getattr(self.invoice, name) != value}
