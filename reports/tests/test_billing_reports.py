"""What clients owe and were invoiced, against sums of plain Python over the same rows."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.testing import make_account
from billing.bulk import Bringer, InvoiceDraft
from billing.models import Instalment, Invoice, LegalEntity, Payment
from foundation.clock import company_day
from foundation.errors import Forbidden
from foundation.models import ExchangeRate
from foundation.testing import assert_query_count
from reports.readers import Reader
from reports.registry import find_report
from reports.tables import records

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = ["receivables", "ageing", "revenue-by-month", "revenue-by-client", "unmatched-payments"]


def answer(key, person, **asked):
    return find_report(key).answer(Reader(person), asked)


def rows_of(key, person, **asked):
    return list(records(answer(key, person, **asked)))


@pytest.fixture
def books(cast):
    """Ninety invoices, credit notes and payments by fixed dice, of three clients in two currencies."""
    dice, today = random.Random(7), company_day(timezone.now())
    ours = LegalEntity.objects.create(name="Ours", is_default=True)
    ExchangeRate.objects.create(currency="EUR", on=date(2000, 1, 1), rate=Decimal("1.25"))
    owners = [cast.salesperson, cast.colleague, cast.salesperson]
    accounts = [make_account(f"Client {number}", owner=owner) for number, owner in enumerate(owners)]
    drafts = []
    for number in range(90):
        account, dated_on = dice.choice(accounts), today - timedelta(days=dice.randrange(200))
        total = Decimal(dice.randrange(1, 10**6)).scaleb(-2)
        kind = "credit_note" if number % 9 == 0 else "invoice"
        drafts.append(
            InvoiceDraft(
                number=str(number),
                account=account,
                legal_entity=ours,
                owner=account.owner,
                currency=dice.choice(["USD", "EUR"]),
                dated_on=dated_on,
                due_on=dated_on + timedelta(days=dice.randrange(60)),
                total=total,
                tax=(total / 6).quantize(Decimal("0.01")),
                kind=kind,
                paid_on=today if kind == "invoice" and number % 4 == 0 else None,
            )
        )
    Bringer(by=cast.admin, at=timezone.now()).bring(drafts)
    for number in range(30):
        account = dice.choice([*accounts, None])
        how = {"by": cast.admin, "at": timezone.now(), "legal_entity": ours}
        amount, currency = Decimal(dice.randrange(1, 10**6)).scaleb(-2), dice.choice(["USD", "EUR"])
        payment = Payment.receive(amount=amount, currency=currency, received_on=today, account=account, **how)
        left = Instalment.objects.filter(
            is_open=True, invoice__account=account, invoice__currency=payment.currency
        )
        part = left.order_by("pk").first() if number % 2 else None
        if part is not None:
            settled = min(part.amount - part.settled, payment.amount)
            payment.allocate([(part.pk, settled)], by=cast.admin, at=timezone.now())
    return accounts


def told(amounts):
    return {key: found for key, found in amounts.items() if any(found.values())}


def test_receivables_are_what_is_due_less_what_is_the_clients(cast, books):
    today = company_day(timezone.now())
    wanted = defaultdict(lambda: dict.fromkeys(("due", "overdue", "surplus"), Decimal(0)))
    for invoice in Invoice.objects.select_related("account"):
        sums = wanted[invoice.account.name, invoice.currency]
        sums["due" if invoice.kind == "invoice" else "surplus"] += invoice.due
    for part in Instalment.objects.select_related("invoice__account"):
        if part.due_on < today:
            sums = wanted[part.invoice.account.name, part.invoice.currency]
            sums["overdue"] += part.amount - part.settled
    for payment in Payment.objects.exclude(account=None).select_related("account"):
        wanted[payment.account.name, payment.currency]["surplus"] += payment.unallocated
    found = {}
    for row in rows_of("receivables", cast.admin):
        assert Decimal(row["balance"]) == Decimal(row["due"]) - Decimal(row["surplus"])
        found[row["client"], row["currency"]] = {
            name: Decimal(row[name]) for name in ("due", "overdue", "surplus")
        }
    assert found == told(wanted)


def test_ageing_puts_each_instalment_by_its_own_day(cast, books):
    today, wanted = company_day(timezone.now()), defaultdict(lambda: defaultdict(Decimal))
    for part in Instalment.objects.select_related("invoice__account"):
        late = (today - part.due_on).days
        name = (
            "not_due"
            if late <= 0
            else next(
                (name for name, days in (("days_30", 30), ("days_60", 60), ("days_90", 90)) if late <= days),
                "older",
            )
        )
        wanted[part.invoice.account.name, part.invoice.currency][name] += part.amount - part.settled
    found = {}
    for row in rows_of("ageing", cast.admin):
        sums = {name: Decimal(row[name]) for name in ("not_due", "days_30", "days_60", "days_90", "older")}
        assert sum(sums.values()) == Decimal(row["total"])
        found[row["client"], row["currency"]] = {name: amount for name, amount in sums.items() if amount}
    assert found == {key: {name: each for name, each in sums.items() if each} for key, sums in wanted.items()}


@pytest.mark.parametrize("first", [None, date(2025, 1, 1)])
def test_revenue_is_invoices_less_credit_notes(cast, books, first):
    today = company_day(timezone.now())
    since = first and today - timedelta(days=90)
    asked = {"from": since.isoformat()} if since else {}
    by_client, by_month = defaultdict(Decimal), defaultdict(Decimal)
    base = Decimal(0)
    for invoice in Invoice.objects.select_related("account"):
        if since is None or invoice.dated_on >= since:
            sign = -1 if invoice.kind == "credit_note" else 1
            by_client[invoice.account.name, invoice.currency] += sign * invoice.net
            by_month[invoice.dated_on.replace(day=1), invoice.currency] += sign * invoice.net
            base += sign * invoice.base_total
    found = rows_of("revenue-by-client", cast.admin, **asked)
    assert {(row["client"], row["currency"]): Decimal(row["net"]) for row in found} == dict(by_client)
    assert sum(Decimal(row["base_total"]) for row in found) == base
    months = rows_of("revenue-by-month", cast.admin, **asked)
    wanted = [amount for _key, amount in sorted(by_month.items())]
    assert [Decimal(row["net"]) for row in months] == wanted


def test_payments_that_settle_nothing_are_listed(cast, books):
    wanted = sorted(Payment.objects.filter(unallocated__gt=0).values_list("unallocated", flat=True))
    found = rows_of("unmatched-payments", cast.admin)
    assert sorted(Decimal(row["unallocated"]) for row in found) == wanted
    assert any(row["client"] == "" for row in found)


def test_each_sees_the_figures_of_their_own_documents(cast, books):
    assert {row["client"] for row in rows_of("receivables", cast.salesperson)} == {"Client 0", "Client 2"}
    assert {row["client"] for row in rows_of("revenue-by-client", cast.colleague)} == {"Client 1"}
    assert all(row["client"] for row in rows_of("unmatched-payments", cast.salesperson))
    one = rows_of("ageing", cast.admin, owner=str(cast.colleague.pk))
    assert {row["client"] for row in one} == {"Client 1"}
    for key in KEYS:
        with pytest.raises(Forbidden):
            answer(key, cast.support)


def test_who_may_not_see_payments_gets_debts_without_surpluses(cast, books):
    from users.models import Grant

    Grant.objects.filter(verb="billing.view_payments").delete()
    seller = type(cast.salesperson).objects.with_policy().get(pk=cast.salesperson.pk)
    rows = rows_of("receivables", seller)
    notes = Invoice.objects.filter(kind="credit_note", owner=seller)
    assert sum(Decimal(row["surplus"]) for row in rows) == sum(note.due for note in notes)


@pytest.mark.parametrize("key", KEYS)
def test_pages_show_them_in_the_currency_of_each_row(cast, books, client_of, key):
    page = client_of(cast.admin).get(f"/reports/{key}/").content.decode()
    assert "EUR" in page
    assert "USD" in page


@pytest.mark.parametrize("key", KEYS)
def test_any_number_of_documents_takes_as_many_statements(cast, books, client_of, key):
    head = client_of(cast.admin)
    head.get(f"/reports/{key}/")
    with assert_query_count(f"report_{key}"):
        head.get(f"/reports/{key}/")


def test_nothing_at_all_is_an_empty_table(cast):
    assert [rows_of(key, cast.admin) for key in KEYS] == [[]] * len(KEYS)
