"""What clients owe, how old it is, what was invoiced and what money waits: in the currency of each document."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from foundation.clock import company_day
from foundation.money import money_text, rounded
from reports import billing_links as links
from reports import groups
from reports.invoiced import (
    BUCKETS,
    DEBTS,
    LONGEST,
    REVENUE,
    Asked,
    Grouped,
    aged,
    asked_of,
    by_month,
    debts,
    grouped,
    revenue,
    union,
    unmatched,
)
from reports.parameters import DEPARTMENT, OWNER, WHEN
from reports.periods import month_end, month_name
from reports.readers import Reader
from reports.registry import report
from reports.tables import Column, Kind, Row, Table, amount, count, money

WHOSE = [DEPARTMENT, OWNER]
VIEW, VIEW_PAYMENTS = "billing.view", "billing.view_payments"
CLIENT, CURRENCY = Column("client", gettext_lazy("Client")), Column("currency", gettext_lazy("Currency"))
IN_CURRENCY = gettext_lazy(
    "Amounts are in the currency of the documents; one client may have a row for each."
)
REVENUE_METHOD = gettext_lazy(
    "Issued invoices less credit notes, on their own dates. The last column is at the rates of those days."
)
REVENUE_COLUMNS = [
    CURRENCY,
    count("documents", gettext_lazy("Documents")),
    amount("net", gettext_lazy("Net")),
    amount("tax", gettext_lazy("Tax")),
    amount("total", gettext_lazy("Total")),
    money("base_total", gettext_lazy("In the company's currency")),
]


@report(
    "receivables",
    title=gettext_lazy("Receivables"),
    group=groups.MONEY,
    description=gettext_lazy("What each client owes, what of it is overdue, and what of theirs we hold."),
    parameters=WHOSE,
    right=VIEW,
)
def receivables(reader: Reader, params: dict[str, Any]) -> Table:
    asked, today = asked_of(reader, params), company_day(timezone.now())
    found, whole = grouped(union(debts(asked, today)), DEBTS, "due - surplus", limit=LONGEST + 1)
    rows = [_debt_row(each, asked, today) for each in found[:LONGEST]]
    columns = [
        CLIENT,
        CURRENCY,
        amount("due", gettext_lazy("Due")),
        amount("overdue", gettext_lazy("Of it overdue")),
        amount("surplus", gettext_lazy("The client's: surpluses and credits")),
        amount("balance", gettext_lazy("Balance")),
    ]
    notes = [IN_CURRENCY, *_totals(whole, lambda sums: sums["due"] - sums["surplus"])]
    if not reader.user.may(VIEW_PAYMENTS):
        notes.append(_("Surpluses of payments are left out: you may not see payments."))
    return Table(columns, rows, [*notes, *_capped(found)])


@report(
    "ageing",
    title=gettext_lazy("Ageing of receivables"),
    group=groups.MONEY,
    description=gettext_lazy("What is due by client and by how many days it is overdue."),
    parameters=WHOSE,
    right=VIEW,
)
def ageing(reader: Reader, params: dict[str, Any]) -> Table:
    asked, today = asked_of(reader, params), company_day(timezone.now())
    found, whole = grouped(aged(asked, today), BUCKETS, " + ".join(BUCKETS), limit=LONGEST + 1)
    columns = [
        CLIENT,
        CURRENCY,
        amount("not_due", gettext_lazy("Not due yet")),
        amount("days_30", gettext_lazy("1–30 days overdue")),
        amount("days_60", gettext_lazy("31–60")),
        amount("days_90", gettext_lazy("61–90")),
        amount("older", gettext_lazy("Over 90")),
        amount("total", gettext_lazy("Total")),
    ]
    rows = []
    for each in found[:LONGEST]:
        url = links.invoices_url(account=each.key, currency=each.currency, state="open", **_owners(asked))
        values = {
            "client": each.name,
            "currency": each.currency,
            **each.sums,
            "total": sum(each.sums.values()),
        }
        rows.append(Row(values, {"client": links.client_url(each.key)} | _linked([*BUCKETS, "total"], url)))
    notes = [IN_CURRENCY, _("Each instalment by its own day; what is left of it.")]
    notes += _totals(whole, lambda sums: sum(sums.values()))
    return Table(columns, rows, [*notes, *_capped(found)])


@report(
    "revenue-by-month",
    title=gettext_lazy("Invoiced by month"),
    group=groups.MONEY,
    description=gettext_lazy("Issued invoices less credit notes in each month."),
    parameters=[*WHOSE, *WHEN],
    right=VIEW,
)
def revenue_by_month(reader: Reader, params: dict[str, Any]) -> Table:
    asked = asked_of(reader, params)
    rows = []
    for each in by_month(revenue(asked, by_month=True)):
        first, last = max(each.key, asked.first or each.key), month_end(each.key)
        last = min(last, asked.last or last)
        rows.append(_revenue_row("month", month_name(each.key), each, asked, first, last))
    return Table([Column("month", gettext_lazy("Month")), *REVENUE_COLUMNS], rows, [REVENUE_METHOD])


@report(
    "revenue-by-client",
    title=gettext_lazy("Invoiced by client"),
    group=groups.MONEY,
    description=gettext_lazy("Issued invoices less credit notes of each client."),
    parameters=[*WHOSE, *WHEN],
    right=VIEW,
)
def revenue_by_client(reader: Reader, params: dict[str, Any]) -> Table:
    asked = asked_of(reader, params)
    source = revenue(asked, by_month=False)
    found, whole = grouped(source, REVENUE, "base_total", limit=LONGEST + 1)
    rows = [
        _revenue_row("client", each.name, each, asked, asked.first, asked.last) for each in found[:LONGEST]
    ]
    notes = [REVENUE_METHOD, *_totals(whole, lambda sums: sums["total"]), *_capped(found)]
    return Table([CLIENT, *REVENUE_COLUMNS], rows, notes)


@report(
    "unmatched-payments",
    title=gettext_lazy("Payments that settle nothing yet"),
    group=groups.MONEY,
    description=gettext_lazy("Money that came, of nobody known or more than it settles, the oldest first."),
    parameters=[*WHOSE, *WHEN],
    right=VIEW_PAYMENTS,
)
def unmatched_payments(reader: Reader, params: dict[str, Any]) -> Table:
    names = (
        "pk",
        "received_on",
        "account_id",
        "account__name",
        "payer_name",
        "reference",
        "amount",
        "unallocated",
    )
    payments = unmatched(asked_of(reader, params)).values_list(*names, "currency")
    found = list(payments[: LONGEST + 1])
    rows = []
    for pk, day, client, name, payer, reference, whole, left, currency in found[:LONGEST]:
        values = {
            "day": day,
            "client": name or "",
            "payer": payer,
            "reference": reference,
            "currency": currency,
        }
        values |= {"amount": rounded(whole, currency), "unallocated": rounded(left, currency)}
        url = links.payment_url(pk)
        rows.append(
            Row(values, {"client": links.client_url(client)} | _linked(["amount", "unallocated"], url))
        )
    columns = [
        Column("day", gettext_lazy("Day"), Kind.DATE),
        CLIENT,
        Column("payer", gettext_lazy("Payer")),
        Column("reference", gettext_lazy("Number of the bank's document")),
        CURRENCY,
        amount("amount", gettext_lazy("Amount")),
        amount("unallocated", gettext_lazy("Not allocated")),
    ]
    notes = [_("Those without a client are shown to who sees everybody's payments.")]
    return Table(columns, rows, [*notes, *_capped(found)])


def _debt_row(each: Grouped, asked: Asked, today: date) -> Row:
    of_client = {"account": each.key, "currency": each.currency, "state": "open", **_owners(asked)}
    due, late = links.invoices_url(**of_client), links.invoices_url(**of_client, due_to=today)
    values = {"client": each.name, "currency": each.currency, **each.sums}
    values["balance"] = each.sums["due"] - each.sums["surplus"]
    surplus = links.payments_url(account=each.key, currency=each.currency)
    client = links.client_url(each.key)
    return Row(values, _links(client=client, due=due, overdue=late, surplus=surplus, balance=client))


def _revenue_row(
    key: str, name: str, each: Grouped, asked: Asked, first: date | None, last: date | None
) -> Row:
    of_client = {"account": each.key} if key == "client" else {}
    url = links.invoices_url(
        **of_client, currency=each.currency, dated_from=first, dated_to=last, **_owners(asked)
    )
    found = _linked(REVENUE, url)
    if key == "client":
        found |= _links(client=links.client_url(each.key))
    return Row({key: name, "currency": each.currency, **each.sums}, found)


def _owners(asked: Asked) -> dict[str, str]:
    return {} if asked.people is None else {"owner": ",".join(map(str, sorted(asked.people)))}


def _linked(names: Iterable[str], url: str) -> dict[str, str]:
    return dict.fromkeys(names, url) if url else {}


def _links(**found: str) -> dict[str, str]:
    return {name: url for name, url in found.items() if url}


def _totals(found: Sequence[Grouped], of: Any) -> list[str]:
    language = get_language() or "en"
    said = [money_text(Decimal(of(each.sums)), each.currency, language) for each in found]
    return [_("All clients: %(amounts)s.") % {"amounts": "; ".join(said)}] if said else []


def _capped(found: Sequence[Any]) -> list[str]:
    said = _("Only the first %(n)d are shown: choose a department, a person or days.")
    return [said % {"n": LONGEST}] if len(found) > LONGEST else []
