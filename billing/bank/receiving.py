"""A file of a bank, from its bytes to settled invoices: what is new is kept, received, matched and, if certain, pays.

Locks: bank accounts by key, so that one file is brought once, then payments, then invoices by key.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing import facts
from billing.arithmetic.instalments import spread
from billing.bank.candidates import OpenInvoices, came_of, open_invoices
from billing.bank.matching import Came, Match
from billing.bank.reading import Line, Statement, read
from billing.bank.reading.statement import plain_account, tidy
from billing.models import (
    BankAccount,
    BankStatement,
    LegalEntity,
    LineDirection,
    LineState,
    Payment,
    StatementLine,
)
from billing.settling import locked_invoices
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import TOO_LARGE

MOST_LINES = 2_000  # brought in one go, while somebody waits
MOST_SAID = 100
SHORTEST = 10  # an account's number so long is known by its end, behind a bank's code
LINE_FIELDS = (
    "direction", "amount", "number", "name", "tax_number", "has_wrong_tax_number", "bank_account", "bank_code",
    "purpose", "is_reversal", "key",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What a file was: `added` lines are new, of which `paid` were certain and `waiting` wait for a person."""

    statements: Sequence[BankStatement]
    added: int = 0
    paid: int = 0
    waiting: int = 0


@dataclass(frozen=True, kw_only=True)
class Matched:
    """A line of money that came, and the invoices it may pay."""

    line: StatementLine
    came: Came
    found: Sequence[Match]
    open_ones: OpenInvoices


def bring(
    content: bytes,
    *,
    file_name: str,
    by: Any,
    at: datetime,
    bank_account: BankAccount | None = None,
    cause: Any = None,
) -> Brought:
    """See BankStatement.bring."""
    said = _said(content, bank_account)
    name = tidy(PurePath(file_name.replace("\\", "/")).name)[-200:] or "—"
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        keys = sorted({account.pk for _statement, account in said})
        list(BankAccount.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
        kept, lines, events = [], [], {}
        met: set[tuple[int, str]] = set()
        for place, (statement, account) in enumerate(said):
            once = {"bank_account": account, "sha256": digest, "place": place}
            if (known := BankStatement.objects.filter(**once).first()) is not None:
                kept.append(known)
                continue
            new = _new_lines(statement, account, met)
            record = _kept(statement, new, file_name=name, created_at=at, created_by=by, **once)
            told = facts.StatementReceived(
                statement_id=record.pk,
                account=record.account,
                file_name=name,
                line_count=record.line_count,
                added=len(new),
            )
            events[record.pk] = tell(told, by=by, at=at, cause=cause)
            kept.append(record)
            made = [_line(record, position, each) for position, each in new]
            _receive(made, by=by, at=at, cause=events[record.pk])
            lines += made
        matched = _matched(lines)
        StatementLine.objects.bulk_create(lines)
        paid = _settle_certain(matched, events, {each.pk: _found(each) for each in lines}, by=by, at=at)
    waiting = sum(each.is_waiting for each in lines)
    return Brought(statements=kept, added=len(lines), paid=paid, waiting=waiting)


def look_again(lines: Any, *, by: Any, at: datetime, cause: Any = None) -> int:
    """Those that wait are matched anew; how many were certain, and paid. `lines` are a queryset."""
    with transaction.atomic():
        waiting = lines.filter(state=LineState.WAITING)
        payments = sorted(waiting.values_list("payment_id", flat=True)[:MOST_LINES])
        list(Payment.objects.select_for_update().filter(pk__in=payments).order_by("pk").values_list("pk"))
        found = waiting.filter(payment__in=payments).order_by("pk")
        list(found.select_for_update().values_list("pk"))
        some = list(found.select_related("payment", "own_account__legal_entity"))
        causes = dict.fromkeys((line.statement_id for line in some), cause)
        before = {each.pk: _found(each) for each in some}
        return _settle_certain(_matched(some), causes, before, by=by, at=at)


def _said(content: bytes, chosen: BankAccount | None) -> list[tuple[Statement, BankAccount]]:
    """The statements with our accounts. Refused where there is none such, or the file is too long."""
    number, currency = (chosen.number, chosen.currency) if chosen is not None else ("", "")
    statements = read(content, account=number, currency=currency)
    ours = list(BankAccount.objects.select_related("legal_entity").order_by("pk"))
    found = [(each, _our_account(each, ours)) for each in statements]
    if any(not each.currency for each, _account in found):
        # A table that says whose it is and not in which currency: its documents are known by both.
        account = found[0][1]
        found = [
            (each, _our_account(each, ours))
            for each in read(content, account=account.number, currency=account.currency)
        ]
    for statement, account in found:
        _check(statement, account, chosen)
    count = sum(len(each.lines) for each, _account in found)
    if count > MOST_LINES:
        sentence = ngettext(
            "The file holds %(n)d line, more than %(most)d: ask the bank for a shorter period.",
            "The file holds %(n)d lines, more than %(most)d: ask the bank for a shorter period.",
            count,
        )
        raise Refused(sentence % {"n": count, "most": MOST_LINES})
    return found


def _our_account(statement: Statement, ours: Iterable[BankAccount]) -> BankAccount:
    """By its number, or by an IBAN's number without country and check digits, as MT940 says it."""
    said = plain_account(statement.account)
    if not said:
        raise Refused(_("The file does not say of which account it is. Choose the account it is of."))
    found = [each for each in ours if _is_same(said, plain_account(each.number))]
    alike = [each for each in found if each.currency == statement.currency]
    if not found:
        raise Refused(
            _("The account %(account)s is none of ours. Add it to an own company first.")
            % {"account": tidy(statement.account)[:60]}
        )
    if len(alike or found) > 1:
        raise Refused(
            _("The account %(account)s stands at our own companies more than once.")
            % {"account": tidy(statement.account)[:60]}
        )
    return (alike or found)[0]


def _is_same(said: str, ours: str) -> bool:
    is_iban = len(ours) > SHORTEST and ours[:2].isalpha() and ours[2:4].isdigit()
    return said in {ours, ours[4:] if is_iban else ours} or (len(ours) >= SHORTEST and said.endswith(ours))


def _check(statement: Statement, account: BankAccount, chosen: BankAccount | None) -> None:
    if chosen is not None and account.pk != chosen.pk:
        raise Refused(
            _("The file is of the account %(said)s, not of %(chosen)s.")
            % {"said": account.number, "chosen": chosen.number}
        )
    if statement.currency != account.currency:
        raise Refused(
            _("The file is in %(said)s, and our account %(account)s in %(ours)s.")
            % {"said": statement.currency, "account": account.number, "ours": account.currency}
        )
    sums = (statement.sum_in, statement.sum_out, statement.opening, statement.closing)
    if any(abs(each) >= TOO_LARGE for each in (*sums, statement.total_in, statement.total_out) if each):
        raise Refused(_("The amounts of the file are too large to be kept."))


def _new_lines(
    statement: Statement, account: BankAccount, met: set[tuple[int, str]]
) -> list[tuple[int, Line]]:
    """With their places in the file; without documents an earlier file brought, or this one before."""
    keys = {each.key for each in statement.lines}
    kept = StatementLine.objects.filter(own_account=account, key__in=keys).values_list("key", flat=True)
    known = {*kept, *(key for pk, key in met if pk == account.pk)}
    met |= {(account.pk, key) for key in keys}
    return [(place, each) for place, each in enumerate(statement.lines, 1) if each.key not in known]


def _kept(statement: Statement, new: Sequence[Any], **said: Any) -> BankStatement:
    differences = list(statement.differences)
    if (more := len(differences) - MOST_SAID) > 0:
        differences = [*differences[:MOST_SAID], _("And %(n)d more.") % {"n": more}]
    return BankStatement.objects.create(
        account=tidy(statement.account)[:60],
        kind=statement.kind[:10],
        number=tidy(statement.number)[:60],
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        opening=statement.opening,
        closing=statement.closing,
        total_in=statement.total_in,
        total_out=statement.total_out,
        sum_in=statement.sum_in,
        sum_out=statement.sum_out,
        currency=statement.currency,
        differences=differences,
        line_count=len(statement.lines),
        known_count=len(statement.lines) - len(new),
        **said,
    )


def _line(record: BankStatement, position: int, line: Line) -> StatementLine:
    return StatementLine(
        statement=record,
        own_account=record.bank_account,
        position=position,
        booked_on=line.on,
        currency=record.currency,
        references=[tidy(each)[:140] for each in line.references][:20],
        state=LineState.WAITING if line.direction == LineDirection.IN else LineState.DONE,
        **{name: getattr(line, name) for name in LINE_FIELDS},
    )


def _receive(lines: Iterable[StatementLine], **told: Any) -> None:
    """A payment for each that came in."""
    for line in lines:
        account = line.own_account
        if line.direction == LineDirection.IN:
            line.payment = Payment.receive(
                amount=line.amount,
                currency=line.currency,
                received_on=line.booked_on,
                legal_entity=account.legal_entity,
                bank_account=account,
                reference=line.number,
                purpose=line.purpose,
                payer_name=line.name,
                payer_tax_number=line.tax_number,
                payer_bank_account=line.bank_account,
                **told,
            )


def _matched(lines: Iterable[StatementLine]) -> list[Matched]:
    """What came in, with the best guess written on it."""
    of_company: dict[LegalEntity, list[tuple[StatementLine, Came]]] = {}
    for line in lines:
        if line.is_waiting:
            of_company.setdefault(line.own_account.legal_entity, []).append((line, came_of(line)))
    found = []
    for company, waiting in of_company.items():
        open_ones = open_invoices([came for _line, came in waiting], company)
        for line, came in waiting:
            matches = open_ones.matches(came)
            _guess(line, matches)
            found.append(Matched(line=line, came=came, found=matches, open_ones=open_ones))
    return found


def _guess(line: StatementLine, found: Sequence[Match]) -> None:
    best = found[0] if found else None
    line.suggested_invoice_id = best.invoice_id if best else None
    line.confidence = best.confidence if best else 0
    line.reasons = list(best.reasons) if best else []


def _found(line: StatementLine) -> tuple[Any, ...]:
    return (line.suggested_invoice_id, line.confidence, line.reasons, line.state)


def _settle_certain(
    matched: Sequence[Matched], causes: Mapping[int, Any], before: Mapping[int, Any], *, by: Any, at: datetime
) -> int:
    """Pays what is certain, locking all those invoices in the one order first; writes lines of which something else
    was found than `before`. `causes` are events by statement."""
    certain = {each.invoice_id for one in matched for each in one.found if each.is_certain}
    locked_invoices(certain)
    paid_by: set[int] = set()
    count = 0
    for one in matched:
        found = one.found
        if any(each.invoice_id in paid_by for each in found):
            found = one.open_ones.matches(one.came)
            _guess(one.line, found)
        sure = next((each for each in found if each.is_certain and each.invoice_id in certain), None)
        if sure is not None and _pay(one, sure, by=by, at=at, cause=causes[one.line.statement_id]):
            paid_by.add(sure.invoice_id)
            count += 1
    said = ["suggested_invoice", "confidence", "reasons", "state", "decided_at", "version"]
    changed = [one.line for one in matched if _found(one.line) != before[one.line.pk]]
    StatementLine.objects.bulk_update(changed, said, batch_size=500)
    return count


def _pay(one: Matched, match: Match, **told: Any) -> bool:
    """False where somebody paid the invoice meanwhile: then a person looks."""
    line, dues = one.line, one.open_ones.dues[match.invoice_id]
    parts, _over = spread(line.amount, dues)
    try:
        with transaction.atomic():
            # Before its payment is allocated, which would close it as decided by a person.
            StatementLine.objects.filter(pk=line.pk).update(state=LineState.DONE)
            line.payment.allocate(parts, **told)  # type: ignore[union-attr]
    except Refused:
        return False
    one.open_ones.settle(match.invoice_id, parts)
    _guess(line, [match])
    line.state, line.decided_at = LineState.DONE, told["at"]
    line.version += 1
    return True
