"""The page of one bank statement: what the bank says beside what its lines make, and fifty lines with invoices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.bank.candidates import came_of, open_invoices
from billing.bank.matching import Match
from billing.models import BankStatement, Invoice, LineDirection, LineState, StatementLine
from billing.queries.statements import days_text
from deals.queries.words import amount_text, count_text
from foundation.clock import company_day
from foundation.keyset import keyset_page
from users.dates import short_day

ORDER = ("position", "pk")
SIZE, BEST, NEAR, OFFERED = 50, 2, 20, 10
STATES: dict[str, dict[str, Any]] = {
    "": {},
    "waiting": {"state": LineState.WAITING},
    "done": {"state": LineState.DONE, "direction": LineDirection.IN},
    "ignored": {"state": LineState.IGNORED},
    "out": {"direction": LineDirection.OUT},
}
CSS = {"waiting": "tag-warn", "done": "tag-good", "ignored": ""}


@dataclass(frozen=True)
class Guess:
    """An invoice a line may pay; `why` is what speaks for it and against it."""

    pk: int
    number: str
    client: str
    due: str
    confidence: int
    why: str
    is_certain: bool


@dataclass(frozen=True)
class LineRow:
    pk: int
    version: int
    day: str
    amount: str
    is_out: bool
    name: str
    tax_number: str
    has_wrong_tax_number: bool
    purpose: str
    tag: str
    tag_css: str
    is_waiting: bool
    guesses: Sequence[Guess]
    payment_url: str
    client: str
    client_url: str
    invoice: str
    invoice_url: str
    why: str


@dataclass(frozen=True)
class Sum:
    """What the bank says beside what the lines make of it."""

    label: str
    stated: str
    found: str
    differs: bool


def page_of(statement: BankStatement, person: Any, state: str, cursor: str | None) -> dict[str, Any]:
    today = company_day(timezone.now())
    beside = ("payment__account", "suggested_invoice")
    lines = StatementLine.objects.filter(statement=statement, **STATES[state]).select_related(*beside)
    page = keyset_page(lines, order=ORDER, cursor=cursor, size=SIZE)
    guesses = guesses_of([each for each in page.rows if each.is_waiting], statement, person)
    seen = _seen(person, page.rows)
    rows = [_row(each, _best(guesses.get(each.pk, [])), seen, today) for each in page.rows]
    counts = _counts(statement)
    return {
        "statement": statement,
        "days": days_text(statement.starts_on, statement.ends_on, today),
        "sums": _sums(statement),
        "differences": statement.differences[:5],
        "more_differences": statement.differences[5:],
        "chips": [
            {"state": key, "title": title, "count": count_text(counts[key]), "is_on": key == state}
            for key, title in _titles().items()
            if counts[key] or not key
        ],
        "waiting": counts["waiting"],
        "page": page._replace(rows=rows),
        "state": state,
    }


def guesses_of(
    lines: Sequence[StatementLine], statement: BankStatement, person: Any
) -> dict[int, list[Guess]]:
    """By line, the surest first; only invoices the person sees."""
    came = {line.pk: came_of(line) for line in lines}
    visible = Invoice.objects.visible_to(person)
    found = open_invoices(list(came.values()), statement.bank_account.legal_entity, visible)
    return {
        key: [_guess(each, found.candidates[each.invoice_id]) for each in found.matches(one)[:OFFERED]]
        for key, one in came.items()
    }


def _best(guesses: Sequence[Guess]) -> list[Guess]:
    """Beside the best one only what is about as likely."""
    return [each for each in guesses[:BEST] if each.confidence >= guesses[0].confidence - NEAR]


def _guess(match: Match, candidate: Any) -> Guess:
    return Guess(
        pk=match.invoice_id,
        number=candidate.number,
        client=candidate.name,
        due=amount_text(candidate.due, candidate.currency),
        confidence=match.confidence,
        why="; ".join(match.reasons),
        is_certain=match.is_certain,
    )


def _titles() -> dict[str, str]:
    return {
        "": _("All"),
        "waiting": _("Waiting"),
        "done": _("Done"),
        "ignored": _("Ignored"),
        "out": _("Paid out"),
    }


def _counts(statement: BankStatement) -> dict[str, int]:
    """One statement, of a file no longer than one may bring."""
    rows = StatementLine.objects.filter(statement=statement).order_by().values_list("state", "direction")
    counts = dict.fromkeys(STATES, 0)
    for state, direction, n in rows.annotate(Count("pk")):
        counts[""] += n
        counts["out" if direction == LineDirection.OUT else state] += n
    return counts


def _seen(person: Any, lines: Sequence[StatementLine]) -> dict[str, set[int]]:
    """Keys of clients and invoices whose pages the person may open."""
    invoices = {each.suggested_invoice_id for each in lines if not each.is_waiting}
    clients = {each.payment.account_id for each in lines if each.payment is not None}
    seen = {}
    asked: Any = (("invoice", Invoice, invoices - {None}), ("client", Account, clients - {None}))
    for name, model, keys in asked:
        found = model.objects.visible_to(person).filter(pk__in=keys)
        seen[name] = set(found.values_list("pk", flat=True)) if keys else set()
    return seen


def _row(line: StatementLine, guesses: Sequence[Guess], seen: dict[str, set[int]], today: date) -> LineRow:
    is_out, payment = line.direction == LineDirection.OUT, line.payment
    invoice = line.suggested_invoice if line.state == LineState.DONE else None
    account = payment.account if payment is not None else None
    return LineRow(
        pk=line.pk,
        version=line.version,
        day=short_day(line.booked_on, today),
        amount=amount_text(-line.amount if is_out else line.amount, line.currency),
        is_out=is_out,
        name=line.name,
        tax_number=line.tax_number,
        has_wrong_tax_number=line.has_wrong_tax_number,
        purpose=line.purpose[:300],
        tag=_("paid out") if is_out else str(LineState(line.state).label),
        tag_css="tag-info" if is_out else CSS[line.state],
        is_waiting=line.is_waiting,
        guesses=guesses,
        payment_url=payment.get_absolute_url() if payment is not None else "",
        client=account.name if account is not None else "",
        client_url=account.get_absolute_url() if account is not None and account.pk in seen["client"] else "",
        invoice=str(invoice) if invoice is not None else "",
        invoice_url=invoice.get_absolute_url()
        if invoice is not None and invoice.pk in seen["invoice"]
        else "",
        why=line.ignore_reason or ("; ".join(line.reasons) if invoice is not None else ""),
    )


def _sums(statement: BankStatement) -> list[Sum]:
    currency = statement.currency
    rows: list[tuple[str, Decimal | None, Decimal | None]] = [
        (_("Received"), statement.total_in, statement.sum_in),
        (_("Paid out"), statement.total_out, statement.sum_out),
    ]
    if statement.opening is not None:
        rows.insert(0, (_("At the beginning"), statement.opening, None))
        closing = statement.opening + statement.sum_in - statement.sum_out
        rows.append((_("At the end"), statement.closing, closing))
    return [
        Sum(
            label=label,
            stated=amount_text(stated, currency),
            found=amount_text(found, currency),
            differs=stated is not None and found is not None and stated != found,
        )
        for label, stated, found in rows
    ]
