"""Well-formed input only: what may become of a line of a bank is said by its verbs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import BankAccount, Invoice, LegalEntity
from billing.payment_forms import VersionForm
from deals.queries.words import amount_text
from foundation.search import matching

MOST_BYTES = 10 * 2**20
MOST = 10


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("File of the bank"),
        widget=forms.FileInput({"accept": ".txt,.xml,.sta,.mt940,.940,.csv"}),
        help_text=_("1CClientBankExchange, camt.053, MT940 or a table (CSV), at most 10 MB."),
        error_messages={"empty": _("The file is empty.")},
    )
    bank_account = forms.ModelChoiceField(
        BankAccount.objects.none(),
        label=_("Our account"),
        required=False,
        empty_label=_("As the file says"),
        help_text=_("Only for tables that do not say it themselves."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = BankAccount.objects.order_by("legal_entity__name", "pk")
        self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 10 MB: ask the bank for a shorter period.")
            )
        return file


class InvoiceForm(VersionForm):
    """One of the invoices offered, else the one whose number is typed; other words offer the invoices they find."""

    invoice = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    number = forms.CharField(label=_("Another invoice"), max_length=100, required=False)

    def __init__(
        self, *args: Any, person: Any, legal_entity: LegalEntity, offered: Sequence[Any] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(offered)
        self.issued = Invoice.objects.visible_to(person).issued().filter(legal_entity=legal_entity)
        self.open_ones = self.issued.unsettled()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        typed, key = cleaned.get("number", "").strip(), cleaned.get("invoice")
        found = self.open_ones.filter(number__iexact=typed).order_by("pk").first() if typed else None
        if found is None and key:
            found = self.issued.filter(pk=key).first()  # paid meanwhile: the verb says so
        if found is None and not self.errors:
            self._refuse(typed)
        return cleaned | {"invoice": found}

    def _refuse(self, typed: str) -> None:
        if typed:
            rows = matching(self.open_ones, typed).select_related("account").order_by("due_on", "pk")[:MOST]
            self.offered = [
                {"pk": each.pk, "number": each.number, "client": each.account.name,
                 "due": amount_text(each.due, each.currency)}
                for each in rows
            ]  # fmt: skip
            if not self.offered:
                self.add_error("number", _("No open invoice of this own company is found by that."))
                return
        self.add_error(None, _("Choose which invoice it pays."))
