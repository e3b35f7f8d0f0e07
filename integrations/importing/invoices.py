from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.bulk import Bringer, InvoiceDraft
from billing.models import Invoice, InvoiceKind
from foundation.errors import Refused
from foundation.money import money_text
from integrations.fields import Field
from integrations.importing.base import Step
from integrations.importing.billing import (
    APART,
    CLIENT_FIELDS,
    CURRENCY,
    OWN_COMPANY,
    BillingImport,
    numbered,
)
from integrations.importing.record import Record
from integrations.values import choice

KINDS = {
    "invoice": "invoice", "счёт": "invoice", "счет": "invoice",
    "credit_note": "credit_note", "credit note": "credit_note", "credit": "credit_note",
    "кредит-нота": "credit_note", "возврат": "credit_note",
}  # fmt: skip
STATES = {
    "issued": "issued", "open": "issued", "unpaid": "issued", "sent": "issued", "выставлен": "issued",
    "не оплачен": "issued", "paid": "paid", "closed": "paid", "оплачен": "paid",
    "written_off": "written_off", "written off": "written_off", "списан": "written_off",
}  # fmt: skip
DAY_SYNONYMS = ["date", "invoice date", "issued on", "issue date", "дата", "дата счёта", "дата выставления"]
NUMBER_SYNONYMS = [
    "invoice no",
    "invoice number",
    "invoice",
    "no",
    "invoice id",
    "номер счёта",
    "счёт",
    "номер",
]


class InvoiceImport(BillingImport):
    """Invoices issued elsewhere, by number. The totals are the file's; lines come after them, or never."""

    entity = "invoices"
    kind = "invoice"
    natural_match = ("number",)
    create_right = change_right = "billing.issue"
    fields = (
        Field(
            name="number", label=gettext_lazy("Number"), is_required=True,
            synonyms=NUMBER_SYNONYMS,
        ),
        Field(name="external_id", label=gettext_lazy("Key in the other system"), synonyms=["id", "key", "ключ"]),
        *CLIENT_FIELDS,
        Field(
            name="dated_on", label=gettext_lazy("Date"), kind="date", is_required=True,
            synonyms=DAY_SYNONYMS,
        ),
        Field(
            name="due_on", label=gettext_lazy("Due on"), kind="date",
            synonyms=["due date", "due", "pay by", "срок оплаты", "оплатить до"],
        ),
        Field(
            name="total", label=gettext_lazy("Total"), kind="amount", is_required=True,
            synonyms=["amount", "invoice total", "grand total", "сумма", "итого", "всего"],
        ),
        Field(
            name="tax", label=gettext_lazy("Of it tax"), kind="amount",
            synonyms=["tax", "vat", "tax amount", "ндс", "сумма ндс"],
        ),
        CURRENCY,
        OWN_COMPANY,
        Field(name="kind", label=gettext_lazy("Kind"), synonyms=["type", "document type", "тип", "вид"]),
        Field(name="state", label=gettext_lazy("State"), synonyms=["status", "статус", "состояние"]),
        Field(
            name="paid_on", label=gettext_lazy("Paid on"), kind="date",
            synonyms=["payment date", "date paid", "дата оплаты", "оплачен"],
        ),
        Field(name="note", label=gettext_lazy("Note"), synonyms=["memo", "comment", "примечание", "комментарий"]),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        self.bringer = Bringer(by=self.by, at=self.at)
        self.taken: set[str] = set()

    def read(self, record: Record) -> dict[str, Any]:
        company = self.company(record)
        currency = self.currency(record, company)
        number = record.shortened("number", 60).replace("\x00", "").strip()
        if not number and not record.problems:
            record.reject("number", _("The number is empty."))
        values: dict[str, Any] = {
            "number": number,
            "external_id": self.read_external_id(record) or number,
            "legal_entity": company,
            "account": self.links.read(record).account,
            "currency": currency,
            "note": record.shortened("note", 10_000),
            "kind": record.read("kind", lambda text: choice(text, KINDS)) or InvoiceKind.INVOICE,
            "state": record.read("state", lambda text: choice(text, STATES)) or "issued",
        }
        for name in ("dated_on", "due_on", "paid_on"):
            values[name] = record.read(name, self.reader.day)
        self._read_sums(record, values, currency)
        return values

    def visible(self) -> Any:
        return Invoice.objects.visible_to(self.by).select_related("account").issued()

    def named(self, names: Sequence[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for invoice in numbered(self.visible(), (name.split(APART) for name in names)):
            key = APART.join((str(invoice.legal_entity_id), invoice.kind, invoice.number))
            found.setdefault(key, []).append(invoice)
        return found

    def compare(self, steps: Sequence[Step]) -> None:
        """A number is one invoice's of its own company, whether this person sees that invoice or not."""
        keys = {id(step): self._key(step, "number") for step in steps}
        for invoice in numbered(Invoice.objects.all(), (key.split(APART) for key in keys.values())):
            self.taken.add(APART.join((str(invoice.legal_entity_id), invoice.kind, invoice.number)))
        for step in steps:
            if keys[id(step)] in self.taken:
                step.record.reject("number", _("The number is in use already."))
            self.taken.add(keys[id(step)])

    def _key(self, step: Step, field_name: str) -> str:
        if field_name != "number":
            return super()._key(step, field_name)
        values = step.values
        return APART.join((str(values["legal_entity"].pk), values["kind"], values["number"]))

    def complete(self, step: Step) -> None:
        record, values = step.record, step.values
        if values["account"] is None:
            self.no_client(record)
        else:
            values["owner"] = self.owner(record, values["account"])
        for name, missing in (("dated_on", _("No date is given.")), ("total", _("No total is given."))):
            if values[name] is None:
                record.reject(name, missing)
        has_due_day = values["due_on"] is not None
        if not has_due_day:
            values["due_on"] = values["dated_on"]
        if not record.problems:
            self._refuse_what_cannot_be(record, values)
        if not record.problems and not has_due_day:
            self.outcome.find("without_due_day", record.row.number)

    def differences(self, step: Step) -> dict[str, Any]:
        """An issued invoice is never changed: where the file says something else, the row is rejected."""
        values, there = step.values, step.target
        said = {name: values[name] for name in ("kind", "currency", "dated_on", "total", "account")}
        for name, value in said.items():
            if value is not None and value != getattr(there, name):
                step.record.reject(
                    name,
                    _("%(number)s is here with %(value)s; an issued invoice is not changed.")
                    % {"number": there.number, "value": self._told(there, name)},
                )
        return {}

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        invoices, _lines = self.bringer.bring([self._draft(step.values) for step in steps])
        return invoices

    def _read_sums(self, record: Record, values: dict[str, Any], currency: str) -> None:
        total, tax = self.money(record, "total", currency), self.money(record, "tax", currency)
        if not record.has("total"):
            self.outcome.find("missing_totals", record.row.number)
        is_credit = values["kind"] == InvoiceKind.CREDIT_NOTE
        if is_credit or (total is not None and total < 0):
            self.outcome.find("credits", record.row.number)
        if total is not None and total < 0 and not is_credit:
            record.reject(
                "total", _("A total below nothing is a credit: say in “Kind” that it is a credit note.")
            )
        if is_credit:
            total, tax = total and abs(total), tax and abs(tax)
        if tax is not None and total is not None and not 0 <= tax <= total:
            record.reject("tax", _("The tax is not a part of the total."))
        values |= {"total": total, "tax": tax}

    def _refuse_what_cannot_be(self, record: Record, values: dict[str, Any]) -> None:
        paid_on, dated_on = values["paid_on"], values["dated_on"]
        if values["state"] == "paid" and paid_on is None:
            record.reject("paid_on", _("Say on which day it was paid, or bring its payments."))
        if paid_on is not None and values["state"] == "written_off":
            record.reject("paid_on", _("It was paid or written off, not both."))
        if values["kind"] == InvoiceKind.CREDIT_NOTE and (paid_on or values["state"] != "issued"):
            record.reject("state", _("A credit note is brought as it was issued."))
        if values["due_on"] < dated_on:
            record.reject("due_on", _("It cannot be due before its date."))
        try:
            self.rates.rate(values["currency"], dated_on)
        except Refused as refusal:
            record.reject("currency", refusal.message)

    def _told(self, invoice: Invoice, name: str) -> str:
        if name == "total":
            return money_text(invoice.total, invoice.currency, getattr(self.by, "language", "en"))
        return str(invoice.get_kind_display() if name == "kind" else getattr(invoice, name))

    def _draft(self, values: dict[str, Any]) -> InvoiceDraft:
        names = (
            "number", "account", "legal_entity", "owner", "currency", "dated_on", "due_on", "total", "kind", "note",
        )  # fmt: skip
        return InvoiceDraft(
            **{name: values[name] for name in names},
            tax=values["tax"] or Decimal(0),
            paid_on=values["paid_on"],
            written_off=values["state"] == "written_off",
        )
