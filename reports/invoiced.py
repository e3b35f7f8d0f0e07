"""What clients owe and were invoiced, summed by PostgreSQL in the currency of each document.

Whose: invoices and payments that both `reports.view` and the right to see them reach.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateField, DecimalField, F, Q, Value
from django.db.models.functions import Cast, TruncMonth

from billing.models import Instalment, Invoice, Payment
from foundation.money import rounded
from reports.readers import Reader

MONEY = DecimalField(max_digits=18, decimal_places=4)
NOTHING = Cast(Value(0), MONEY)
DEBTS = ("due", "overdue", "surplus")
BUCKETS = ("not_due", "days_30", "days_60", "days_90", "older")
REVENUE = ("documents", "net", "tax", "total", "base_total")
LONGEST = 1_000
Source = tuple[str, list[Any]]  # SQL of (key, currency, sums…), and its values
UNION = " UNION ALL "
BY_CLIENT = """
    WITH found AS MATERIALIZED (
        SELECT key, currency, {sums} FROM ({source}) AS part (key, currency, {columns})
        GROUP BY key, currency HAVING {some}),
    first AS (SELECT * FROM found ORDER BY {order} DESC, key, currency LIMIT %s)
    SELECT * FROM (SELECT first.*, client.name FROM first LEFT JOIN accounts_account AS client ON client.id = first.key
                   ORDER BY {order} DESC, key, currency) AS named
    UNION ALL
    SELECT NULL, currency, {sums}, NULL FROM found GROUP BY currency
"""
BY_MONTH = """
    SELECT key, currency, {sums} FROM ({source}) AS part (key, currency, {columns})
    GROUP BY key, currency ORDER BY key, currency
"""


@dataclass(frozen=True)
class Asked:
    """`people` None is everybody's."""

    reader: Reader
    people: frozenset[int] | None
    first: date | None = None
    last: date | None = None

    def invoices(self) -> Any:
        """Issued ones, credit notes too."""
        return self._seen(Invoice.objects.issued())

    def payments(self) -> Any:
        return self._seen(Payment.objects.standing().filter(direction="in"))

    def dated(self, invoices: Any) -> Any:
        if self.first:
            invoices = invoices.filter(dated_on__gte=self.first)
        return invoices.filter(dated_on__lte=self.last) if self.last else invoices

    def _seen(self, documents: Any) -> Any:
        user = self.reader.user
        seen = documents.visible_to(user).visible_to(user, "reports.view").order_by()
        return seen if self.people is None else seen.filter(owner_id__in=self.people)


def asked_of(reader: Reader, params: dict[str, Any]) -> Asked:
    people, owner = None, params.get("owner")
    if params.get("department") is not None:
        people = reader.people_of(params["department"])
    if owner is not None:
        people = frozenset({owner.pk}) if people is None else people & {owner.pk}
    return Asked(reader, people, params.get("from"), params.get("to"))


@dataclass(frozen=True)
class Grouped:
    """`key` is a client or a month; sums by name, in whole units of the currency."""

    key: Any
    name: str
    currency: str
    sums: dict[str, Decimal]


def debts(asked: Asked, on: date) -> list[Any]:
    """What is due, what of it is overdue, and what is the clients': surpluses and what credit notes left."""
    due = asked.invoices().filter(kind="invoice", due__gt=0)
    left = Instalment.objects.filter(is_open=True, due_on__lt=on, invoice__in=due.values("pk")).order_by()
    notes = asked.invoices().filter(kind="credit_note", due__gt=0)
    surplus = asked.payments().filter(account__isnull=False, unallocated__gt=0)
    late = F("amount") - F("settled")
    return [
        due.values_list("account_id", "currency", "due", NOTHING, NOTHING),
        left.values_list("invoice__account_id", "invoice__currency", NOTHING, Cast(late, MONEY), NOTHING),
        notes.values_list("account_id", "currency", NOTHING, NOTHING, "due"),
        surplus.values_list("account_id", "currency", NOTHING, NOTHING, "unallocated"),
    ]


AGED = """
    SELECT account_id, currency,
           CASE WHEN late <= 0 THEN amount ELSE 0 END,
           CASE WHEN late BETWEEN 1 AND 30 THEN amount ELSE 0 END,
           CASE WHEN late BETWEEN 31 AND 60 THEN amount ELSE 0 END,
           CASE WHEN late BETWEEN 61 AND 90 THEN amount ELSE 0 END,
           CASE WHEN late > 90 THEN amount ELSE 0 END
    FROM (SELECT invoice.account_id, invoice.currency, part.amount - part.settled AS amount,
                 %s::date - part.due_on AS late
          FROM billing_instalment AS part
          JOIN ({invoices}) AS invoice (id, account_id, currency) ON invoice.id = part.invoice_id
          WHERE part.is_open) AS open
"""


def aged(asked: Asked, on: date) -> Source:
    """What is left of open instalments, by how many days it is overdue."""
    open_ones = asked.invoices().filter(kind="invoice", due__gt=0).values_list("pk", "account_id", "currency")
    sql, params = union([open_ones])
    if not sql:
        return "", []
    return AGED.format(invoices=sql), [on, *params]


SIGNED = """
    SELECT key, currency, 1, {signed}
    FROM ({papers}) AS paper (key, currency, kind, net, tax, total, base_total)
"""


def revenue(asked: Asked, *, by_month: bool) -> Source:
    """Invoices less credit notes, on their own dates; base amounts at the rates frozen when they were issued."""
    key = Cast(TruncMonth("dated_on"), DateField()) if by_month else F("account_id")
    rows = asked.dated(asked.invoices()).values_list(
        key, "currency", Cast("kind", CharField()), "net", "tax", "total", "base_total"
    )
    sql, params = union([rows])
    signed = ", ".join(f"CASE kind WHEN 'credit_note' THEN -{name} ELSE {name} END" for name in REVENUE[1:])
    if not sql:
        return "", []
    return SIGNED.format(signed=signed, papers=sql), list(params)


def union(parts: Sequence[Any]) -> Source:
    compiled = []
    for part in parts:
        with suppress(EmptyResultSet):  # what this person may see nothing of
            compiled.append(part.query.sql_with_params())
    return UNION.join(f"({sql})" for sql, _params in compiled), [
        each for _sql, params in compiled for each in params
    ]


def grouped(
    source: Source, names: Sequence[str], order: str, *, limit: int
) -> tuple[list[Grouped], list[Grouped]]:
    """By client and currency, the largest first; then all clients together, a row a currency. One statement."""
    some = " OR ".join(f"sum({name}) <> 0" for name in names)
    answered = _answered(BY_CLIENT, source, names, [limit], some=some, order=order)
    found = [
        Grouped(key, name or "", currency, _whole(names, amounts, currency))
        for key, currency, *amounts, name in answered
    ]
    clients = [each for each in found if each.key is not None]
    return clients, sorted((each for each in found if each.key is None), key=lambda each: each.currency)


def by_month(source: Source) -> list[Grouped]:
    return [
        Grouped(key, "", currency, _whole(REVENUE, amounts, currency))
        for key, currency, *amounts in _answered(BY_MONTH, source, REVENUE)
    ]


def _answered(
    statement: str, source: Source, names: Sequence[str], params: Sequence[Any] = (), **said: str
) -> list[tuple[Any, ...]]:
    """`names`, `some` and `order` are words of this file, never a person's."""
    sql, asked = source
    if not sql:
        return []
    sums = ", ".join(f"sum({name}) AS {name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(source=sql, sums=sums, columns=", ".join(names), **said), [*asked, *params]
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def unmatched(asked: Asked) -> Any:
    """Money that settles nothing yet, or of which nobody knows whose it is."""
    payments = asked.payments().filter(Q(unallocated__gt=0) | Q(account__isnull=True))
    if asked.first:
        payments = payments.filter(received_on__gte=asked.first)
    if asked.last:
        payments = payments.filter(received_on__lte=asked.last)
    return payments.order_by("received_on", "pk")


def _whole(names: Sequence[str], amounts: Sequence[Any], currency: str) -> dict[str, Any]:
    return {
        name: int(amount)
        if name == "documents"
        else amount
        if name == "base_total"
        else rounded(amount, currency)
        for name, amount in zip(names, amounts, strict=True)
    }
