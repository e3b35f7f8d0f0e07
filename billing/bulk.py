"""Invoices of another system, as they were: numbers, days and totals are the ones given there, and nothing is reckoned.

Whoever calls has checked the drafts: the number is free, the client is seen, the amounts are in whole units.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from billing import facts
from billing.models import Allocation, Instalment, Invoice, InvoiceKind, InvoiceLine, InvoiceState, Payment
from billing.models.stays import BRINGS_HISTORY
from billing.parties import parties_of
from deals.bulk import Rates
from foundation.clock import company_day
from foundation.copying import copy_rows, new_keys
from foundation.money import rounded
from foundation.search_text import normalised
from foundation.telling import tell_many

NOON, NOTHING = time(12), Decimal(0)
INVOICE_COLUMNS = [each.attname for each in Invoice._meta.concrete_fields]
INSTALMENT_COLUMNS = ("invoice_id", "position", "due_on", "amount", "settled", "is_open", "overdue_told_on")
LINE_COLUMNS = (
    "id", "invoice_id", "position", "product_id", "title", "unit", "quantity", "list_price", "price", "by_hand",
    "reason", "trace", "tax_name", "tax_rate", "exempt_reason", "amount", "discount", "net", "tax", "gross",
)  # fmt: skip
MOST_PARTIES = 10_000


@dataclass(kw_only=True, slots=True)
class LineDraft:
    """A line as it was: net + tax = gross."""

    title: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    net: Decimal
    tax: Decimal
    product_id: int | None = None
    unit: str = ""
    tax_rate: Decimal = NOTHING

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


@dataclass(kw_only=True, slots=True)
class InvoiceDraft:
    """An invoice or a credit note as it was issued. One with `paid_on` was paid whole on that day."""

    number: str
    account: Any
    legal_entity: Any
    owner: Any
    currency: str
    dated_on: date
    due_on: date
    total: Decimal
    tax: Decimal = NOTHING
    kind: str = InvoiceKind.INVOICE
    tax_mode: str = "on_top"
    note: str = ""
    paid_on: date | None = None
    written_off: bool = False
    lines: list[LineDraft] = field(default_factory=list)


class Bringer:
    """Keeps between the batches of one file what its invoices share: exchange rates, and how parties are called."""

    def __init__(self, *, by: Any, at: datetime) -> None:
        self.by, self.at = by, at
        self.rates = Rates()
        self.zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
        self.parties: dict[tuple[int, int, str], dict[str, Any]] = {}

    def bring(self, drafts: Sequence[InvoiceDraft]) -> tuple[list[Invoice], list[list[int]]]:
        """The invoices, and the keys of the lines of each. Refused where a currency has no rate on its day."""
        with transaction.atomic(), _history():
            keys = new_keys(Invoice, len(drafts))
            invoices = [self._invoice(key, draft) for key, draft in zip(keys, drafts, strict=True)]
            rows = ([getattr(each, column) for column in INVOICE_COLUMNS] for each in invoices)
            copy_rows(Invoice, INVOICE_COLUMNS, rows)
            copy_rows(
                Instalment,
                INSTALMENT_COLUMNS,
                (
                    self._instalment(each, draft)
                    for each, draft in zip(invoices, drafts, strict=True)
                    if each.kind == InvoiceKind.INVOICE
                ),
            )
            self._settle([pair for pair in zip(invoices, drafts, strict=True) if pair[0].settled_at])
            lines = self.add_lines(
                [(each.pk, 0, draft.lines) for each, draft in zip(invoices, drafts, strict=True)]
            )
            tell_many(
                ((facts.InvoiceImported(**each.told()), self.moment(each.dated_on)) for each in invoices),
                by=self.by,
            )
        return invoices, lines

    def add_lines(self, asked: Sequence[tuple[int, int, Sequence[LineDraft]]]) -> list[list[int]]:
        """Lines of (invoice, how many it has, those to come): the keys of each. The totals stay as they were given."""
        keys = iter(new_keys(InvoiceLine, sum(len(lines) for _key, _had, lines in asked)))
        given = [[next(keys) for _line in lines] for _key, _had, lines in asked]
        with transaction.atomic(), _history():
            copy_rows(InvoiceLine, LINE_COLUMNS, _line_rows(asked, given))
        return given

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, NOON, self.zone).astimezone(UTC)

    def _invoice(self, key: int, draft: InvoiceDraft) -> Invoice:
        issued_at, rate = self.moment(draft.dated_on), self.rates.rate(draft.currency, draft.dated_on)
        closed = _closed(draft)
        invoice = Invoice(
            pk=key,
            kind=draft.kind,
            state=closed or InvoiceState.ISSUED,
            number=draft.number,
            legal_entity=draft.legal_entity,
            account=draft.account,
            owner=draft.owner,
            team_ids=[draft.owner.pk] if draft.owner else [],
            language=draft.legal_entity.language,
            currency=draft.currency,
            dated_on=draft.dated_on,
            is_dated=True,
            tax_mode=draft.tax_mode,
            payment_days=min(3650, max(0, (draft.due_on - draft.dated_on).days)),
            net=draft.total - draft.tax,
            tax=draft.tax,
            total=draft.total,
            due=NOTHING if closed else draft.total,
            rate=rate,
            base_total=rounded(draft.total * rate, settings.BASE_CURRENCY),
            note=draft.note,
            search_text=normalised(draft.number, draft.account.name),
            created_at=self.at,
            created_by=self.by,
            issued_at=issued_at,
            issued_by=self.by,
        )
        if closed:
            invoice.settled_at = self.moment(draft.paid_on) if draft.paid_on else issued_at
            setattr(invoice, "written_off" if draft.written_off else "paid", draft.total)
        elif draft.kind == InvoiceKind.INVOICE:
            invoice.due_on = draft.due_on
        invoice.parties = self._parties(invoice)
        return invoice

    def _instalment(self, invoice: Invoice, draft: InvoiceDraft) -> tuple[Any, ...]:
        """The whole of it. Nobody is told of debts that were overdue before they came here."""
        today = company_day(self.at)
        told_on = today if invoice.due and draft.due_on < today else None
        settled = invoice.total - invoice.due
        return (invoice.pk, 1, draft.due_on, invoice.total, settled, invoice.due > 0, told_on)

    def _parties(self, invoice: Invoice) -> dict[str, Any]:
        key = (invoice.account_id, invoice.legal_entity_id, invoice.currency)
        if key not in self.parties:
            if len(self.parties) >= MOST_PARTIES:
                self.parties.clear()
            self.parties[key] = parties_of(invoice)
        return self.parties[key]

    def _settle(self, settled: Sequence[tuple[Invoice, InvoiceDraft]]) -> None:
        """Payments of those that were paid, and what settled each instalment."""
        worth = [(invoice, draft) for invoice, draft in settled if invoice.total]
        paid = [(invoice, draft) for invoice, draft in worth if draft.paid_on is not None]
        payments = Payment.objects.bulk_create(_payment(*pair, by=self.by, at=self.at) for pair in paid)
        by_invoice = {invoice.pk: payment for (invoice, _draft), payment in zip(paid, payments, strict=True)}
        of_invoice = {invoice.pk for invoice, _draft in worth}
        instalments = Instalment.objects.filter(invoice__in=of_invoice).values_list("invoice_id", "pk")
        place = dict(instalments)
        Allocation.objects.bulk_create(
            Allocation(
                kind="payment" if invoice.pk in by_invoice else "write_off",
                invoice=invoice,
                instalment_id=place[invoice.pk],
                payment=by_invoice.get(invoice.pk),
                amount=invoice.total,
                amount_taken=invoice.total,
                made_at=invoice.settled_at or self.at,
                made_by=self.by,
            )
            for invoice, _draft in worth
        )


@contextmanager
def _history() -> Iterator[None]:
    """Rows come after their issued invoices within, which the database refuses elsewhere. In a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [BRINGS_HISTORY])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [BRINGS_HISTORY])


def _closed(draft: InvoiceDraft) -> str:
    """The state of one that is settled, or nothing."""
    if draft.written_off and draft.total:
        return InvoiceState.WRITTEN_OFF
    return InvoiceState.PAID if draft.paid_on is not None or not draft.total else ""


def _payment(invoice: Invoice, draft: InvoiceDraft, *, by: Any, at: datetime) -> Payment:
    """The money of an invoice of which is known only that it was paid, and when."""
    return Payment(
        legal_entity=draft.legal_entity,
        account=draft.account,
        owner=draft.owner,
        team_ids=invoice.team_ids,
        method="other",
        amount=invoice.total,
        currency=invoice.currency,
        rate=invoice.rate,
        base_amount=invoice.base_total,
        received_on=draft.paid_on or draft.dated_on,
        purpose=invoice.number,
        search_text=invoice.search_text,
        created_at=at,
        created_by=by,
    )


def _line_rows(
    asked: Sequence[tuple[int, int, Sequence[LineDraft]]], given: Sequence[Sequence[int]]
) -> Iterator[tuple[Any, ...]]:
    for (invoice, had, lines), keys in zip(asked, given, strict=True):
        for position, (key, line) in enumerate(zip(keys, lines, strict=True), had + 1):
            yield (
                key, invoice, position, line.product_id, line.title, line.unit, line.quantity, None, line.price, "",
                "", "[]", "", line.tax_rate, "", line.amount, NOTHING, line.net, line.tax, line.gross,
            )  # fmt: skip
