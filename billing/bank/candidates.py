"""Open invoices that money of a bank may pay, with all that speaks for and against them: eight statements at most for
any number of lines."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from accounts.models import TaxNumber
from billing.arithmetic.instalments import Due
from billing.bank.matching import Came, Candidate, Match, matches
from billing.bank.reading.statement import plain_account
from billing.models import Instalment, Invoice, LegalEntity, Payment

MOST = 2_000  # invoices found by one of their three marks
FEW = 20
MOST_CLIENTS = 1_000
MOST_NUMBERS = 20_000
WORD = re.compile(r"[\w/\-.]+")
PART = re.compile(r"[\w/\-]+")
VALUES = ("pk", "account_id", "account__name", "number", "currency", "due")


@dataclass
class OpenInvoices:
    """By key; those that something of a line points to are found without looking at the others."""

    candidates: dict[int, Candidate] = field(default_factory=dict)
    dues: dict[int, list[Due]] = field(default_factory=dict)
    _pointed: dict[tuple[str, Any], set[int]] = field(default_factory=lambda: defaultdict(set))

    def put(self, candidate: Candidate, dues: list[Due]) -> None:
        key = candidate.invoice_id
        self.candidates[key], self.dues[key] = candidate, dues
        self._pointed["number", candidate.number.strip().casefold()].add(key)
        for payer in (*candidate.tax_numbers, *candidate.bank_accounts):
            self._pointed["payer", plain_account(payer)].add(key)
        for amount in (candidate.due, *candidate.parts):
            self._pointed["amount", amount].add(key)

    def matches(self, came: Came) -> list[Match]:
        """The surest first. All that are named are looked at; of those with the payer or the amount alone, a few."""
        named = self._pointed_by("number", (each.casefold() for each in numbers_in(came)))
        payers = (plain_account(each) for each in (came.tax_number, came.bank_account) if each)
        payer, amount = self._pointed_by("payer", payers), self._pointed_by("amount", [came.amount])
        few = [sorted(each)[:FEW] for each in (payer & amount, payer, amount)]
        keys = named.union(*few) & self.candidates.keys()
        return matches(came, [self.candidates[key] for key in sorted(keys)])

    def _pointed_by(self, mark: str, values: Iterable[Any]) -> set[int]:
        return set().union(*(self._pointed.get((mark, value), ()) for value in values))

    def settle(self, invoice_id: int, parts: Iterable[tuple[int, Decimal]]) -> None:
        """So much of it is paid now: what comes next pays the rest."""
        taken = dict(parts)
        dues = [due._replace(left=due.left - taken.get(due.key, 0)) for due in self.dues[invoice_id]]
        dues = [due for due in dues if due.left > 0]
        candidate = self.candidates.pop(invoice_id)
        if dues:
            left = tuple(due.left for due in dues)
            self.put(replace(candidate, due=sum(left, Decimal(0)), parts=left), dues)


def came_of(line: Any) -> Came:
    """What a line of a statement says, be it read or kept."""
    return Came(
        amount=line.amount,
        currency=line.currency,
        purpose=line.purpose,
        references=tuple(line.references),
        name=line.name,
        tax_number=line.tax_number,
        has_wrong_tax_number=line.has_wrong_tax_number,
        bank_account=line.bank_account,
        is_reversal=line.is_reversal,
    )


def open_invoices(came: Sequence[Came], legal_entity: LegalEntity, invoices: Any = None) -> OpenInvoices:
    """Those of the own company that are named, are of who paid, or of which exactly such an amount is due; among
    `invoices`, where somebody sees only some."""
    if not came:
        return OpenInvoices()
    visible = Invoice.objects.all() if invoices is None else invoices
    unsettled = visible.unsettled().filter(legal_entity=legal_entity)
    paid_from = _paid_from(came)
    clients = _clients_numbered(came) | {client for found in paid_from.values() for client in found}
    rows: dict[int, dict[str, Any]] = {}
    for condition in (
        {"number__in": sorted({each for one in came for each in numbers_in(one)})[:MOST_NUMBERS]},
        {"account__in": sorted(clients)[:MOST_CLIENTS]},
        {"due__in": {each.amount for each in came}, "currency__in": {each.currency for each in came}},
    ):
        found = unsettled.filter(**condition).order_by("due_on", "pk").values(*VALUES)[:MOST]
        rows |= {row["pk"]: row for row in found}
    return _with_parts(rows, paid_from)


def numbers_in(came: Came) -> set[str]:
    """Everything the line says that could be an invoice's number, as it stands and in capitals: words with a digit,
    with and without what is behind a dot, and with the word before them."""
    said = {each.strip() for each in came.references}
    before = None
    for word in WORD.finditer(came.purpose):
        if any(sign.isdigit() for sign in word[0]):
            said |= {word[0], word[0].strip(".-/"), *PART.findall(word[0])}
            if before is not None:
                said.add(came.purpose[before.start() : word.end()].strip(".-/"))
        before = word
    short = {each for each in said if each and len(each) <= 60}
    return short | {each.upper() for each in short}


def _clients_numbered(came: Sequence[Came]) -> set[int]:
    """Clients with a tax number that was said, and rightly."""
    said = {each.tax_number for each in came if each.tax_number and not each.has_wrong_tax_number}
    values = said | {plain_account(each) for each in said}
    found = TaxNumber.objects.filter(value__in=values).order_by("pk")
    return set(found.values_list("account_id", flat=True)[:MOST_CLIENTS]) if values else set()


def _paid_from(came: Sequence[Came]) -> dict[str, set[int]]:
    """Accounts from which exactly one client paid before: one from which several paid says nothing of who did."""
    said = {each.bank_account for each in came if each.bank_account}
    if not said:
        return {}
    found: dict[str, set[int]] = defaultdict(set)
    standing = Payment.objects.standing().filter(payer_bank_account__in=said, account__isnull=False)
    pairs = standing.order_by("payer_bank_account", "account_id").values_list(
        "payer_bank_account", "account_id"
    )
    for text, client in pairs.distinct()[: 2 * MOST]:
        found[text].add(client)
    return {text: clients for text, clients in found.items() if len(clients) == 1}


def _with_parts(rows: dict[int, dict[str, Any]], paid_from: dict[str, set[int]]) -> OpenInvoices:
    dues: dict[int, list[Due]] = defaultdict(list)
    parts = Instalment.objects.filter(is_open=True, invoice__in=rows.keys()).order_by("due_on", "pk")
    for key, invoice, due_on, amount, settled in parts.values_list(
        "pk", "invoice_id", "due_on", "amount", "settled"
    ):
        dues[invoice].append(Due(key, due_on, amount - settled))
    clients = {row["account_id"] for row in rows.values()}
    numbers: dict[int, set[str]] = defaultdict(set)
    for client, value in TaxNumber.objects.filter(account__in=clients).values_list("account_id", "value"):
        numbers[client].add(value)
    accounts: dict[int, set[str]] = defaultdict(set)
    for text, (client,) in paid_from.items():
        accounts[client].add(text)
    found = OpenInvoices()
    for key, row in sorted(rows.items()):
        client = row["account_id"]
        found.put(
            Candidate(
                invoice_id=key,
                account_id=client,
                number=row["number"],
                currency=row["currency"],
                due=row["due"],
                parts=tuple(each.left for each in dues[key]),
                name=row["account__name"],
                tax_numbers=frozenset(numbers[client]),
                bank_accounts=frozenset(accounts[client]),
            ),
            dues[key],
        )
    return found
