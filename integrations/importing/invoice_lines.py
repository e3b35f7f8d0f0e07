from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.arithmetic.totals import LineIn, line_amount, totals
from billing.models import InvoiceKind, TaxMode
from catalog.models import Product
from integrations.fields import Field
from integrations.importing import external_ids
from integrations.importing.base import BATCH, Step, batches
from integrations.importing.billing import CLIENT_FIELDS, CURRENCY, OWN_COMPANY, BillingImport
from integrations.importing.invoice_papers import Papers
from integrations.importing.invoices import DAY_SYNONYMS, NUMBER_SYNONYMS
from integrations.importing.names import Names
from integrations.importing.record import Record
from integrations.importing.staged import Staged, StagedLine
from integrations.mapping import MappingError
from integrations.values import choice

NOTHING = Decimal(0)
MODES = {
    "included": TaxMode.INCLUDED, "gross": TaxMode.INCLUDED, "в цене": TaxMode.INCLUDED,
    "on_top": TaxMode.ON_TOP, "on top": TaxMode.ON_TOP, "net": TaxMode.ON_TOP, "сверху": TaxMode.ON_TOP,
}  # fmt: skip
CREDITS = {
    "reject": "",
    "отклонять": "",
    "credit notes": "notes",
    "credit_notes": "notes",
    "кредит-ноты": "notes",
}


class InvoiceLineImport(BillingImport):
    """Lines of invoices that are here, or invoices told by their lines alone: client, day and number in each row.

    The rows of one invoice may stand anywhere in the file, so that all are read and laid by first; see staged.py. Then
    each invoice is judged whole; see invoice_papers.py.
    """

    entity = "invoice-lines"
    kind = "invoice_line"
    natural_match = ("external_id",)
    create_right = change_right = "billing.issue"
    fields = (
        Field(name="number", label=gettext_lazy("Number"), is_required=True, synonyms=NUMBER_SYNONYMS),
        Field(
            name="external_id", label=gettext_lazy("Key in the other system"),
            synonyms=["id", "line id", "invoice line id", "key", "ключ"],
        ),
        *CLIENT_FIELDS,
        Field(name="dated_on", label=gettext_lazy("Date"), kind="date", synonyms=DAY_SYNONYMS),
        Field(
            name="due_on", label=gettext_lazy("Due on"), kind="date",
            synonyms=["due date", "due", "pay by", "срок оплаты", "оплатить до"],
        ),
        Field(name="product", label=gettext_lazy("Product"), synonyms=["item", "товар", "номенклатура"]),
        Field(
            name="title", label=gettext_lazy("What"),
            synonyms=["description", "name", "line", "услуга", "наименование", "описание"],
        ),
        Field(name="unit", label=gettext_lazy("Unit"), synonyms=["uom", "ед", "единица"]),
        Field(
            name="quantity", label=gettext_lazy("Quantity"), kind="number", is_required=True,
            synonyms=["qty", "count", "количество", "кол-во"],
        ),
        Field(
            name="price", label=gettext_lazy("Price"), kind="amount", is_required=True,
            synonyms=["unit price", "rate", "цена"],
        ),
        Field(
            name="amount", label=gettext_lazy("Amount"), kind="amount",
            synonyms=["line total", "amount", "сумма", "стоимость"],
        ),
        Field(name="tax_rate", label=gettext_lazy("Tax, %"), synonyms=["vat rate", "vat %", "tax rate", "ставка ндс"]),
        Field(
            name="tax", label=gettext_lazy("Of it tax"), kind="amount",
            synonyms=["tax", "vat", "tax amount", "ндс", "сумма ндс"],
        ),
        Field(
            name="tax_mode", label=gettext_lazy("Prices and tax: included or on top"),
            synonyms=["tax mode", "налог в цене"],
        ),
        Field(
            name="invoice_total", label=gettext_lazy("Total of the invoice"), kind="amount",
            synonyms=["invoice total", "grand total", "итого по счёту"],
        ),
        Field(
            name="credits", label=gettext_lazy("Quantities below nothing: reject or credit notes"),
            synonyms=["credits"],
        ),
        CURRENCY,
        OWN_COMPANY,
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        filled = self.mapping.filled_fields()
        if filled & {"tax", "tax_rate"} and "tax_mode" not in filled:
            raise MappingError(_("Say under “Prices and tax” whether tax is included or on top."))
        known = Product.objects.order_by("pk") if self.by.may("catalog.view") else Product.objects.none()
        self.products = {each.pk: each for each in known.only("name").iterator()}
        self.by_name = Names(_("product"), ((each.name, each) for each in self.products.values()))
        self.by_key: dict[str, Any] = {}

    def run(self) -> None:
        """Read and lay by, then judge and write invoice by invoice; all in one transaction, which a dry run ends."""
        with transaction.atomic():
            if not self.work.is_dry_run:
                external_ids.wait_for_turn(self.system, self.kind)
            self.prepare()
            self.staged = Staged()
            for batch in batches(islice(self.work.table.rows(), self.work.row_limit), BATCH):
                self._lay_by(batch)
                self.work.progress(self.outcome.read)
            Papers(self, self.staged).take_all()
            self.staged.drop()
        if self.watch is not None:
            self.outcome.days = [each.as_json() for each in self.watch.asked()]
            self.outcome.proved_days = {each.name: each.proved for each in self.watch.asked() if each.proved}
            self.outcome.warnings += self.watch.warnings()
        self.finish()

    def _lay_by(self, rows: Sequence[Any]) -> None:
        self.outcome.read += len(rows)
        records = [self.layout.record(row) for row in rows]
        self.links.load(records)
        self._load_products(records)
        laid = []
        for record in records:
            if self.watch is not None:
                self.watch.see(record.row)
            line = self._line(record) if not record.problems else None
            if line is None or record.problems:
                self._reject(Step(record, {}))
                if line is not None:
                    self.staged.spoil(line.paper, record.row.number)
            else:
                laid.append(line)
        self.staged.add(laid)

    def _line(self, record: Record) -> StagedLine | None:
        """None only where it cannot be told which invoice the row is of."""
        company = self.company(record)
        number = record.shortened("number", 60).replace("\x00", "").strip()
        if not number and not record.problems:
            record.reject("number", _("The number is empty."))
        if not number or company is None:
            return None
        line = StagedLine(
            row=record.row.number, cells=list(record.row.cells), company=company.pk, number=number
        )
        line.currency = self.currency(record, company)
        line.said_currency = record.has("currency")
        account = self.links.read(record).account
        line.account = account.pk if account else None
        line.key = self.read_external_id(record)
        line.unit = record.shortened("unit", 20)
        for name in ("dated_on", "due_on"):
            setattr(line, name, record.read(name, self.reader.day))
        self._read_what(record, line)
        self._read_quantity(record, line)
        if not record.problems:
            self._read_amounts(record, line)
        return line

    def _read_what(self, record: Record, line: StagedLine) -> None:
        product = self.by_key.get(record.text("product"))
        if record.has("product") and product is None:
            product = self.by_name.find(record, "product")
        line.product = product.pk if product else None
        line.title = record.shortened("title", 300) or (product.name if product else "")
        if not line.title and not record.problems:
            record.reject("title", _("The row does not say what was sold."))

    def _read_quantity(self, record: Record, line: StagedLine) -> None:
        quantity, price = (
            record.read("quantity", self.reader.amount),
            record.read("price", self.reader.amount),
        )
        for name, found, places in (("quantity", quantity, 3), ("price", price, 4)):
            if found is None and not record.problems:
                record.reject(name, _("It is empty."))
            elif found is not None and found != round(found, places):
                record.reject(name, _("At most %(count)d decimals are kept.") % {"count": places})
        if record.problems or quantity is None or price is None:
            return
        if quantity == 0:
            record.reject("quantity", _("A line is of something: the quantity is nothing."))
        elif quantity < 0:
            self.outcome.find("credits", record.row.number)
            line.kind = InvoiceKind.CREDIT_NOTE
            said: str = record.read("credits", lambda text: choice(text, CREDITS)) or ""
            if not said:
                record.reject(
                    "quantity",
                    _("A credit. Say under “Quantities below nothing” that such rows are credit notes."),
                )
        if price < 0:
            record.reject("price", _("A price is not negative."))
        if abs(quantity) >= 10**11:
            record.reject("quantity", _("The number is too large."))
        line.quantity, line.price = abs(quantity), price

    def _read_amounts(self, record: Record, line: StagedLine) -> None:
        """Given amounts stay; what is not given follows from quantity, price and rate."""
        currency = line.currency
        mode = record.read("tax_mode", lambda text: choice(text, MODES)) or TaxMode.ON_TOP
        reckoned = line_amount(line.quantity, line.price, currency)
        given = self.money(record, "amount", currency)
        line.amount = reckoned if given is None else abs(given)
        if line.amount != reckoned and not record.problems:
            self.outcome.find("differing_amounts", record.row.number)
        rate = record.read("tax_rate", self.reader.percentage)
        line.tax_rate, line.tax_mode = rate or NOTHING, mode
        tax, total = self.money(record, "tax", currency), self.money(record, "invoice_total", currency)
        line.total = None if total is None else abs(total)
        if record.problems:
            return
        if tax is None:
            taxed = totals(
                [LineIn(line.amount, line.tax_rate)], currency=currency, mode=mode, rounding="line"
            )
            line.net, line.tax = taxed.lines[0].net, taxed.lines[0].tax
        else:
            line.tax = abs(tax)
            line.net = line.amount - line.tax if mode == TaxMode.INCLUDED else line.amount
        if line.net < 0:
            record.reject("tax", _("The tax is not a part of the amount."))

    def _load_products(self, records: Sequence[Record]) -> None:
        """Those named by the other system's key."""
        texts = {record.text("product") for record in records} - {""} - self.by_key.keys()
        for key, found in external_ids.objects_by_key(self.system, "product", texts).items() if texts else ():
            if len(found) == 1 and found[0] in self.products:
                self.by_key[key] = self.products[found[0]]
