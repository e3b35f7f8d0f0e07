"""The second half of importing lines: each invoice with all its rows, judged whole and written.

Nothing is guessed. An invoice that is here keeps its total, and lines that do not come to it are reported; one that is
told by its lines alone comes with all of them or not at all.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.bulk import Bringer, InvoiceDraft, LineDraft
from billing.models import Invoice, InvoiceLine
from foundation.errors import Refused
from integrations.importing import external_ids
from integrations.importing.base import Step
from integrations.importing.billing import numbered
from integrations.importing.record import Record
from integrations.importing.staged import Paper, Staged, StagedLine
from integrations.mapping import CREATE_ONLY, UPDATE_ONLY
from integrations.models import ExternalId
from integrations.tables import Row

PAPERS = 500
ZERO = Decimal(0)


@dataclass
class Had:
    """The lines an invoice has already: by their content, and by the other system's keys."""

    invoice: Invoice
    is_brought: bool = False
    lines: int = 0
    gross: Decimal = ZERO
    contents: dict[tuple[Any, ...], int] = field(default_factory=lambda: defaultdict(int))


class Papers:
    def __init__(self, importer: Any, staged: Staged) -> None:
        self.importer, self.staged = importer, staged
        self.outcome, self.by = importer.outcome, importer.by
        self.is_dry_run = importer.work.is_dry_run
        self.bringer = Bringer(by=importer.by, at=importer.at)
        self.companies = {each.pk: each for found in importer.companies.known.values() for each in found}
        if importer.usual is not None:
            self.companies[importer.usual.pk] = importer.usual
        self.seen_keys: dict[str, int] = {}

    def take_all(self) -> None:
        for batch in self.staged.batches(PAPERS):
            self._take(batch)
            self.importer.work.progress(self.outcome.read)

    def _take(self, batch: Sequence[tuple[Paper, list[StagedLine]]]) -> None:
        here, taken = self._here([paper for paper, _lines in batch])
        keys = {line.key for _paper, lines in batch for line in lines if line.key}
        brought = external_ids.objects_by_key(self.importer.system, self.importer.kind, keys) if keys else {}
        accounts = self._accounts(batch)
        new: list[tuple[InvoiceDraft, list[StagedLine]]] = []
        more: list[tuple[Had, list[StagedLine]]] = []
        for paper, lines in batch:
            self._refuse_doubles(lines)
            if had := here.get(paper):
                more.append((had, self._of_invoice(had, lines, brought)))
            else:
                draft = self._of_nothing(paper, lines, accounts, is_taken=paper in taken)
                if draft is not None:
                    new.append((draft, [line for line in lines if not line.problems]))
            self._reject([line for line in lines if line.problems])
        self._write(new, more)

    def _here(self, papers: Sequence[Paper]) -> tuple[dict[Paper, Had], set[Paper]]:
        """Invoices of these papers that the person sees, and papers whose number somebody has."""
        keys = [tuple(paper) for paper in papers]
        taken = {
            Paper(each.legal_entity_id, each.kind, each.number)
            for each in numbered(Invoice.objects.all(), keys)
        }
        seen = list(numbered(Invoice.objects.visible_to(self.by).issued(), keys)) if taken else []
        had = {each.pk: Had(each) for each in seen}
        if had:
            known = ExternalId.objects.filter(kind="invoice", object_id__in=had)
            for key in known.values_list("object_id", flat=True):
                had[key].is_brought = True
            for line in InvoiceLine.objects.filter(invoice__in=had).iterator():
                of = had[line.invoice_id]
                of.lines += 1
                of.gross += line.gross
                content = (
                    line.product_id,
                    line.title,
                    line.quantity.normalize(),
                    line.price.normalize(),
                    line.gross,
                )
                of.contents[content] += 1
        found = {
            Paper(each.invoice.legal_entity_id, each.invoice.kind, each.invoice.number): each
            for each in had.values()
        }
        return found, taken

    def _accounts(self, batch: Sequence[tuple[Paper, list[StagedLine]]]) -> dict[int, Account]:
        keys = {line.account for _paper, lines in batch for line in lines if line.account}
        return Account.objects.select_related("owner").in_bulk(keys)

    def _refuse_doubles(self, lines: Sequence[StagedLine]) -> None:
        """Rows without keys of their own that say the same, and rows that share a key."""
        seen: dict[Any, int] = {}
        for line in lines:
            if line.key:
                first = self.seen_keys.setdefault(line.key, line.row)
            else:
                first = seen.setdefault(line.content, line.row)
            if first != line.row:
                self.outcome.find("duplicates", line.row)
                line.reject("", _("The same as row %(row)s of this file.") % {"row": first})

    def _of_invoice(
        self, had: Had, lines: Sequence[StagedLine], brought: dict[str, list[int]]
    ) -> list[StagedLine]:
        """The lines that an invoice which is here does not have yet."""
        wanted, left = [], dict(had.contents)
        for line in lines:
            if line.problems:
                continue
            if (line.key and line.key in brought) or left.get(line.content, 0):
                if left.get(line.content, 0):
                    left[line.content] -= 1
                self.outcome.unchanged += 1
            else:
                wanted.append(line)
        if reason := self._why_not(had) if wanted else "":
            for line in wanted:
                line.reject("number", reason)
            return []
        return wanted

    def _why_not(self, had: Had) -> str:
        number = {"number": had.invoice.number}
        if self.importer.mapping.mode == CREATE_ONLY or not had.is_brought:
            return _("%(number)s was issued here already; an issued invoice is not changed.") % number
        if not self.by.reaches(had.invoice, self.importer.change_right):
            return str(self.importer._lacks(self.importer.change_right))
        if had.lines and had.gross == had.invoice.total:
            return _("%(number)s has other lines already, which come to its total.") % number
        return ""

    def _of_nothing(
        self, paper: Paper, lines: Sequence[StagedLine], accounts: dict[int, Account], *, is_taken: bool
    ) -> InvoiceDraft | None:
        """The invoice that its lines tell, or None and a problem in each of them."""
        good = [line for line in lines if not line.problems]
        if not good:
            return None
        nameless = [line for line in good if line.account is None]
        if len(nameless) == len(good):
            for line in nameless:
                self.outcome.find("without_client", line.row)
                line.reject(
                    "account", _("No client is named, and no invoice “%(number)s” is here.") % paper._asdict()
                )
            return None
        if reason := self._wrong(paper, good, is_taken=is_taken):
            for line in good:
                line.reject("number", reason)
            return None
        return self._draft(paper, good, accounts)

    def _wrong(self, paper: Paper, lines: Sequence[StagedLine], *, is_taken: bool) -> str:
        if is_taken:
            return _("The number is in use already.")
        if self.importer.mapping.mode == UPDATE_ONLY:
            return _("Nothing matches this row, and nothing new is to be made.")
        if not self.by.may(self.importer.create_right):
            return str(self.importer._lacks(self.importer.create_right))
        if row := self.staged.spoilt.get(paper):
            return _("Another row of the same invoice was rejected: row %(row)s.") % {"row": row}
        if len({line.account for line in lines}) > 1:
            return _("The rows of this invoice name different clients, or not all of them name one.")
        if not _said(lines, "dated_on"):
            return _("No date is given.")
        for name in ("dated_on", "due_on", "currency", "total", "tax_mode"):
            if len(_said(lines, name)) > 1:
                label = self.importer.layout.column_of[name if name != "total" else "invoice_total"]
                return _("The rows of this invoice differ in “%(column)s”.") % {"column": label}
        return ""

    def _draft(
        self, paper: Paper, lines: Sequence[StagedLine], accounts: dict[int, Account]
    ) -> InvoiceDraft | None:
        first = lines[0]
        account = accounts[first.account or 0]
        owner = account.owner or (None if self.by.reach(self.importer.view_right).everybody else self.by)
        dated_on, tax = _only(lines, "dated_on"), sum((line.tax for line in lines), ZERO)
        gross = sum((line.net + line.tax for line in lines), ZERO)
        total, due_on = _only(lines, "total"), _only(lines, "due_on") or dated_on
        reason = ""
        if owner is not None and not self.by.reach(self.importer.issue_right).covers_person(owner.pk):
            reason = self.importer._lacks(self.importer.issue_right)
        elif due_on < dated_on:
            reason = _("It cannot be due before its date.")
        elif total is not None and tax > total:
            reason = _("The tax is not a part of the total.")
        try:
            self.bringer.rates.rate(first.currency, dated_on)
        except Refused as refusal:
            reason = refusal.message
        if reason:
            for line in lines:
                line.reject("number", reason)
            return None
        self._note(paper, first, total, gross, has_due_day=bool(_only(lines, "due_on")))
        return InvoiceDraft(
            number=paper.number,
            account=account,
            legal_entity=self.companies[paper.company],
            owner=owner,
            currency=first.currency,
            dated_on=dated_on,
            due_on=due_on,
            total=gross if total is None else total,
            tax=tax,
            kind=paper.kind,
            tax_mode=first.tax_mode,
            lines=[_line_draft(line) for line in lines],
        )

    def _note(
        self, paper: Paper, first: StagedLine, total: Decimal | None, gross: Decimal, *, has_due_day: bool
    ) -> None:
        if total is None:
            self.outcome.find("missing_totals", first.row)
        elif total != gross:
            self._differs(first.row, paper.number, total, gross)
        if not has_due_day:
            self.outcome.find("without_due_day", first.row)

    def _differs(self, row: int, number: str, total: Decimal, gross: Decimal) -> None:
        said = {"total": f"{total.normalize():f}", "lines": f"{gross.normalize():f}"}
        self.outcome.find("differing_totals", row, number=number, **said)

    def _write(
        self,
        new: Sequence[tuple[InvoiceDraft, list[StagedLine]]],
        more: Sequence[tuple[Had, list[StagedLine]]],
    ) -> None:
        for had, lines in more:
            gross = had.gross + sum((line.net + line.tax for line in lines), ZERO)
            if lines and gross != had.invoice.total:
                self._differs(lines[0].row, had.invoice.number, had.invoice.total, gross)
        self.outcome.created += sum(len(lines) for _had, lines in [*new, *more])
        for _each in new:
            self.outcome.count(str(Invoice._meta.verbose_name_plural))
        if self.is_dry_run:
            return
        with transaction.atomic():
            invoices, keys = self.bringer.bring([draft for draft, _lines in new]) if new else ([], [])
            external_ids.remember(
                self.importer.system, "invoice", [(each.number, each.pk) for each in invoices]
            )
            added = [
                (had.invoice.pk, had.lines, [_line_draft(line) for line in lines]) for had, lines in more
            ]
            keys += self.bringer.add_lines(added)
            written = [*(lines for _draft, lines in new), *(lines for _had, lines in more)]
            external_ids.remember(
                self.importer.system,
                self.importer.kind,
                [
                    (line.key, key)
                    for lines, made in zip(written, keys, strict=True)
                    for line, key in zip(lines, made, strict=True)
                    if line.key
                ],
            )

    def _reject(self, lines: Sequence[StagedLine]) -> None:
        for line in lines:
            record = Record(Row(line.row, line.cells), {}, self.importer.layout.column_of)
            for name, reason in line.problems:
                record.reject(name, reason)
            self.importer._reject(Step(record, {}))


def _line_draft(line: StagedLine) -> LineDraft:
    names = ("title", "quantity", "price", "amount", "net", "tax", "unit", "tax_rate")
    return LineDraft(product_id=line.product, **{name: getattr(line, name) for name in names})


def _said(lines: Sequence[StagedLine], name: str) -> set[Any]:
    return {value for value in _values(lines, name) if value is not None}


def _values(lines: Sequence[StagedLine], name: str) -> Iterator[Any]:
    return (getattr(line, name) for line in lines)


def _only(lines: Sequence[StagedLine], name: str) -> Any:
    return next(iter(_said(lines, name)), None)
