from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.arithmetic.instalments import Due, spread
from billing.models import Instalment, Invoice, Method, Payment
from foundation.errors import Refused
from integrations.fields import Field
from integrations.importing.base import Step
from integrations.importing.billing import CLIENT_FIELDS, CURRENCY, OWN_COMPANY, BillingImport
from integrations.importing.record import Record
from integrations.values import choice

METHODS = {
    "bank": "bank", "bank transfer": "bank", "transfer": "bank", "wire": "bank", "банк": "bank", "безнал": "bank",
    "card": "card", "карта": "card", "cash": "cash", "наличные": "cash", "other": "other", "другое": "other",
}  # fmt: skip
TEXTS = {
    "reference": 60,
    "purpose": 2_000,
    "payer_name": 300,
    "payer_tax_number": 40,
    "payer_bank_account": 40,
}


class PaymentImport(BillingImport):
    """Money that came. What names an invoice settles it, the earliest instalment first; the rest is the client's.

    Rows without a key of their own get one by their content, so that a file sent twice changes nothing.
    """

    entity = "payments"
    kind = "payment"
    natural_match = ("external_id",)
    create_right = change_right = issue_right = "billing.receive"
    view_right = "billing.view_payments"
    fields = (
        Field(
            name="external_id", label=gettext_lazy("Key in the other system"),
            synonyms=["id", "payment id", "transaction id", "key", "ключ"],
        ),
        *CLIENT_FIELDS,
        Field(
            name="received_on", label=gettext_lazy("Day"), kind="date", is_required=True,
            synonyms=["date", "payment date", "received", "paid on", "дата", "дата оплаты"],
        ),
        Field(
            name="amount", label=gettext_lazy("Amount"), kind="amount", is_required=True,
            synonyms=["sum", "total", "paid", "сумма"],
        ),
        Field(
            name="invoice", label=gettext_lazy("Invoice"),
            synonyms=["invoice no", "invoice number", "invoice id", "счёт", "номер счёта"],
        ),
        Field(name="method", label=gettext_lazy("How"), synonyms=["method", "payment method", "способ"]),
        Field(
            name="reference", label=gettext_lazy("Number of the bank's document"),
            synonyms=["reference", "document", "номер документа", "номер платежа"],
        ),
        Field(name="purpose", label=gettext_lazy("Purpose"), synonyms=["description", "memo", "назначение"]),
        Field(name="payer_name", label=gettext_lazy("Payer"), synonyms=["payer", "плательщик"]),
        Field(name="payer_tax_number", label=gettext_lazy("Payer's tax number"), synonyms=["инн", "инн плательщика"]),
        Field(name="payer_bank_account", label=gettext_lazy("Payer's account"), synonyms=["iban", "счёт плательщика"]),
        CURRENCY,
        OWN_COMPANY,
    )  # fmt: skip

    def _take(self, rows: Any) -> None:
        texts = {self.layout.record(row).text("invoice").strip() for row in rows} - {""}
        found = Invoice.objects.visible_to(self.by).issued().filter(kind="invoice", number__in=texts)
        self.invoices: dict[str, list[Invoice]] = {}
        for invoice in found.select_related("account__owner") if texts else ():
            self.invoices.setdefault(invoice.number, []).append(invoice)
        super()._take(rows)

    def read(self, record: Record) -> dict[str, Any]:
        company = self.company(record)
        invoice = self._invoice(record)
        currency = self.currency(record, company)
        if invoice is not None and not record.has("currency"):
            currency = invoice.currency
        account = self.links.read(record).account
        if invoice is not None:
            if account is not None and account.pk != invoice.account_id:
                record.reject("invoice", _("%(number)s is another client's.") % {"number": invoice})
            account = account or invoice.account
            company = company if record.has("legal_entity") else invoice.legal_entity
        if account is None and not record.problems:
            self.outcome.find("without_client", record.row.number)
        key = self.read_external_id(record) or self.key_of_row(record)
        if key.startswith("row:") and not key.endswith(":1"):
            self.outcome.find("duplicates", record.row.number)
            record.reject("", _("Another row says the same. If both are meant, give each a key of its own."))
        values: dict[str, Any] = {
            "external_id": key,
            "legal_entity": company,
            "account": account,
            "invoice": invoice,
            "currency": currency,
            "method": record.read("method", lambda text: choice(text, METHODS)) or Method.BANK,
            "received_on": record.read("received_on", self.reader.day),
            "amount": self.money(record, "amount", currency),
        }
        values["said"] = {name: record.shortened(name, longest) for name, longest in TEXTS.items()}
        self._refuse_what_cannot_be(record, values)
        return values

    def visible(self) -> Any:
        return Payment.objects.visible_to(self.by).select_related("account")

    def complete(self, step: Step) -> None:
        self.owner(step.record, step.values["account"])

    def differences(self, step: Step) -> dict[str, Any]:
        """A payment is never changed: a mistaken one is voided."""
        values, there = step.values, step.target
        if (values["amount"], values["currency"]) != (there.amount, there.currency):
            step.record.reject(
                "amount", _("It is here with %(said)s; void it if it is wrong.") % {"said": there}
            )
        return {}

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        return [self._receive(step.record, step.values) for step in steps]

    def _invoice(self, record: Record) -> Any:
        number = record.text("invoice").strip()
        if not number:
            return None
        found = self.invoices.get(number, [])
        if len(found) > 1 and record.has("legal_entity"):
            company = self.companies.find(record, "legal_entity")
            found = [each for each in found if company is not None and each.legal_entity_id == company.pk]
        if len(found) == 1:
            return found[0]
        if found:
            record.reject("invoice", _("%(count)s invoices have this number.") % {"count": len(found)})
        else:
            record.reject_unknown(
                "invoice", number, _("No invoice “%(number)s” is here.") % {"number": number[:60]}
            )
        return None

    def _refuse_what_cannot_be(self, record: Record, values: dict[str, Any]) -> None:
        for name in ("amount", "received_on"):
            if not record.has(name):
                record.reject(name, _("It is empty."))
        amount, invoice, company = values["amount"], values["invoice"], values["legal_entity"]
        if amount is not None and amount <= 0:
            self.outcome.find("credits", record.row.number)
            record.reject(
                "amount", _("Only money that came is brought: the amount is not more than nothing.")
            )
        if invoice is not None and values["currency"] and values["currency"] != invoice.currency:
            record.reject("currency", _("%(number)s is in another currency.") % {"number": invoice})
        if invoice is not None and company is not None and invoice.legal_entity_id != company.pk:
            record.reject(
                "legal_entity", _("%(number)s was issued by another own company.") % {"number": invoice}
            )
        if record.problems:
            return
        try:
            self.rates.rate(values["currency"], values["received_on"])
        except Refused as refusal:
            record.reject("currency", refusal.message)

    def _receive(self, record: Record, values: dict[str, Any]) -> Payment:
        names = ("amount", "received_on", "account", "currency", "legal_entity", "method")
        payment = Payment.receive(
            **{name: values[name] for name in names}, **values["said"], by=self.by, at=self.at
        )
        if values["invoice"] is not None:
            left = Instalment.objects.filter(invoice=values["invoice"], is_open=True)
            dues = [Due(each.pk, each.due_on, each.amount - each.settled) for each in left]
            parts, over = spread(payment.amount, dues)
            if over:
                self.outcome.find("surplus", record.row.number)
            if parts:
                payment.allocate(parts, by=self.by, at=self.at)
        return payment
