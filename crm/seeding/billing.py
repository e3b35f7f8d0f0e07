"""Invoices with their lines, instalments and payments of the clients that are there: by SQL, for a million at once.

Every rule the verbs keep holds for them: total = lines = instalments = paid + due, payments settle what they say.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.models import Allocation, Instalment, Invoice, InvoiceLine, LegalEntity, Payment
from catalog.models import Product
from crm.seeding.bare import bare
from crm.seeding.load import reserve
from foundation.clock import company_day
from users.models import User

LOADED = (Invoice, InvoiceLine, Instalment, Payment, Allocation)
LARGE = 20_000
YEARS = 3
OWN_COMPANY = "Romashka"


@dataclass(frozen=True)
class BillingFigures:
    invoices: int
    lines: int
    instalments: int
    payments: int


# Each invoice by its number n: hashes stand for dice, so that the same seed gives the same invoices. Of those older
# than three months few are open.
DICE = """
    CREATE TEMPORARY TABLE seeded_invoices ON COMMIT DROP AS
    WITH client AS (
        SELECT id, owner_id, team_ids, search_text, row_number() OVER (ORDER BY id) - 1 AS place
        FROM accounts_account),
    drawn AS (
        SELECT n, %(first)s + n AS id, abs(hashint8extended(n, %(seed)s)) AS roll,
               abs(hashint8extended(n, %(seed)s + 1)) AS other
        FROM generate_series(0, %(count)s - 1) AS n)
    SELECT drawn.n, drawn.id, client.id AS account_id, client.owner_id, client.team_ids, client.search_text,
           %(today)s::date - (drawn.other %% %(days)s)::integer AS dated_on,
           14 + (drawn.roll %% 3)::integer * 15 AS payment_days,
           1 + (drawn.roll %% 3)::integer AS lines, 1 + (drawn.other %% 7 = 0)::integer AS parts,
           (1 + drawn.roll %% 20)::numeric AS quantity, (500 + drawn.other %% 100000)::numeric / 100 AS price,
           CASE WHEN (drawn.other %% %(days)s) > 90 AND drawn.roll %% 100 < 98 OR drawn.roll %% 100 < 60 THEN 'paid'
                WHEN drawn.roll %% 4 = 0 THEN 'part' ELSE 'due' END AS fate
    FROM drawn JOIN client ON client.place = drawn.roll %% (SELECT count(*) FROM client)
"""
SUMS = """
    ALTER TABLE seeded_invoices
        ADD COLUMN line_net numeric, ADD COLUMN line_tax numeric, ADD COLUMN total numeric, ADD COLUMN paid numeric,
        ADD COLUMN first_part numeric, ADD COLUMN number text, ADD COLUMN due_on date;
    UPDATE seeded_invoices SET line_net = quantity * price, line_tax = round(quantity * price * 0.2, 2),
        number = 'S-' || id;
    UPDATE seeded_invoices SET total = lines * (line_net + line_tax);
    UPDATE seeded_invoices SET first_part = trunc(total / parts, 2);
    UPDATE seeded_invoices SET paid = CASE fate WHEN 'paid' THEN total WHEN 'part' THEN trunc(total / 3, 2) ELSE 0 END;
    UPDATE seeded_invoices
    SET due_on = dated_on + payment_days + CASE WHEN parts = 2 AND paid >= first_part THEN 30 ELSE 0 END
"""
INVOICES = """
    INSERT INTO billing_invoice (id, {columns})
    SELECT id, {values} FROM seeded_invoices
"""
LINES = """
    INSERT INTO billing_invoiceline (invoice_id, position, title, unit, quantity, price, by_hand, reason, trace,
        tax_name, tax_rate, exempt_reason, amount, discount, net, tax, gross, product_id)
    SELECT id, place, 'Weekly bouquets', '', quantity, price, '', '', '[]', '20%%', 20, '', line_net, 0, line_net,
           line_tax, line_net + line_tax, %(product)s
    FROM seeded_invoices, generate_series(1, lines) AS place
"""
INSTALMENTS = """
    INSERT INTO billing_instalment (invoice_id, position, due_on, amount, settled, is_open, overdue_told_on)
    SELECT id, place, due_on, amount, settled, settled < amount,
           CASE WHEN settled < amount AND due_on < %(today)s::date THEN %(today)s::date END
    FROM (SELECT id, place, dated_on + payment_days + (place - 1) * 30 AS due_on, amount,
                 least(amount, greatest(0, paid - (place - 1) * first_part)) AS settled
          FROM (SELECT seeded.*, place, CASE WHEN place = parts THEN total - first_part * (parts - 1)
                                             ELSE first_part END AS amount
                FROM seeded_invoices AS seeded, generate_series(1, parts) AS place) AS part) AS settled
"""
PAYMENTS = """
    INSERT INTO billing_payment (id, legal_entity_id, account_id, owner_id, team_ids, direction, method, amount,
        currency, rate, base_amount, unallocated, returned, received_on, reference, purpose, payer_name,
        payer_tax_number, payer_bank_account, search_text, created_at, created_by_id, void_reason, version)
    SELECT %(first_payment)s + n, %(company)s, account_id, owner_id, team_ids, 'in', 'bank', paid, %(currency)s, 1,
           paid, 0, 0, least(dated_on + payment_days - 3, %(today)s::date), n::text, number, '', '', '',
           lower(number) || ' ' || search_text, %(now)s, %(robot)s, '', 1
    FROM seeded_invoices WHERE paid > 0
"""
ALLOCATIONS = """
    INSERT INTO billing_allocation (kind, invoice_id, instalment_id, payment_id, amount, amount_taken, rate, reason,
        made_at, made_by_id)
    SELECT 'payment', part.invoice_id, part.id, %(first_payment)s + seeded.n, part.settled, part.settled, 1, '',
           %(now)s, %(robot)s
    FROM seeded_invoices AS seeded JOIN billing_instalment AS part ON part.invoice_id = seeded.id
    WHERE part.settled > 0
"""
VALUES = {
    "number": "number", "legal_entity_id": "%(company)s", "account_id": "account_id", "owner_id": "owner_id",
    "team_ids": "team_ids", "language": "'en'", "currency": "%(currency)s", "dated_on": "dated_on",
    "tax_mode": "'on_top'", "tax_rounding": "'line'", "promo_code": "''", "discount": "0", "net": "lines * line_net",
    "tax": "lines * line_tax", "total": "total", "rate": "1", "base_total": "total", "note": "''",
    "parties": "'{}'", "search_text": "lower(number) || ' ' || search_text", "created_at": "%(now)s",
    "created_by_id": "%(robot)s", "version": "1", "kind": "'invoice'",
    "state": "CASE WHEN paid = total THEN 'paid' WHEN paid > 0 THEN 'part_paid' ELSE 'issued' END",
    "correction_reason": "''", "payment_days": "payment_days", "paid": "paid", "credited": "0", "written_off": "0",
    "due": "total - paid", "due_on": "CASE WHEN paid < total THEN due_on END", "is_dated": "true",
    "issued_at": "dated_on + time '12:00'", "issued_by_id": "%(robot)s",
    "settled_at": "CASE WHEN paid = total THEN dated_on + time '12:00' + payment_days * interval '1 day' END",
}  # fmt: skip


def seed_billing(*, invoices: int, seed: int, now: datetime) -> BillingFigures:
    """Add invoices to the clients that are there. The tables are locked while it runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        said = _said(invoices, seed, now)
        with bare([model._meta.db_table for model in LOADED], is_large=invoices >= LARGE):
            cursor.execute(DICE, said)
            cursor.execute(SUMS)
            cursor.execute(
                INVOICES.format(columns=", ".join(VALUES), values=", ".join(VALUES.values())), said
            )
            cursor.execute(LINES, said)
            lines = cursor.rowcount
            cursor.execute(INSTALMENTS, said)
            parts = cursor.rowcount
            cursor.execute(PAYMENTS, said)
            payments = cursor.rowcount
            cursor.execute(ALLOCATIONS, said)
        cursor.execute("DROP TABLE seeded_invoices")
    _gather_statistics()
    return BillingFigures(invoices, lines, parts, payments)


def _said(invoices: int, seed: int, now: datetime) -> dict[str, Any]:
    company = LegalEntity.objects.order_by("-is_default", "pk").first() or LegalEntity.objects.create(
        name=OWN_COMPANY, is_default=True
    )
    return {
        "count": invoices,
        "seed": seed,
        "first": reserve(Invoice, invoices),
        "first_payment": reserve(Payment, invoices),
        "today": company_day(now),
        "days": 365 * YEARS,
        "now": now,
        "company": company.pk,
        "currency": settings.BASE_CURRENCY,
        "robot": User.objects.robot().pk,
        "product": Product.objects.order_by("pk").values_list("pk", flat=True).first(),
    }


def _gather_statistics() -> None:
    word = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        for model in LOADED:
            cursor.execute(f'{word} "{model._meta.db_table}"')
