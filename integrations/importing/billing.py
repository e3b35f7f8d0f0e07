"""What imports of invoices, their lines and payments share: clients, own companies, amounts, and what is reported."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Invoice, LegalEntity
from billing.models.header import usual_currency, usual_legal_entity
from deals.bulk import Rates
from foundation.errors import Refused
from foundation.money import rounded
from integrations.fields import Field
from integrations.importing.base import Importer, Step
from integrations.importing.links import LINK_FIELDS, LinksOfRows
from integrations.importing.names import Names
from integrations.importing.outcome import Finding
from integrations.importing.products import currency_code
from integrations.importing.record import Record

APART = "\x1f"
CLIENT_FIELDS = tuple(each for each in LINK_FIELDS if each.name in {"account_id", "account"})
CURRENCY = Field(name="currency", label=gettext_lazy("Currency"), synonyms=["currency code", "валюта"])
OWN_COMPANY = Field(
    name="legal_entity",
    label=gettext_lazy("Own company"),
    synonyms=["seller", "issuer", "organisation", "организация", "продавец"],
)
SAID = {
    "credits": gettext_lazy("Credits, with a quantity or an amount below nothing: %(count)s, rows %(rows)s."),
    "without_client": gettext_lazy("Without a client: %(count)s, rows %(rows)s."),
    "duplicates": gettext_lazy("The same as another row of the file: %(count)s, rows %(rows)s."),
    "missing_totals": gettext_lazy("Without a total: %(count)s, rows %(rows)s."),
    "differing_totals": gettext_lazy("Invoices whose total is not the sum of their lines: %(which)s."),
    "differing_amounts": gettext_lazy("The amount is not quantity × price: %(count)s, rows %(rows)s."),
    "without_due_day": gettext_lazy(
        "Without a day to pay by, so that they are due on their own day: %(count)s, rows %(rows)s."
    ),
    "surplus": gettext_lazy(
        "Payments larger than what their invoice is still due: %(count)s, rows %(rows)s."
    ),
}


class BillingImport(Importer):
    """`issue_right` is what a person needs for the client's owner."""

    issue_right = "billing.issue"
    view_right = "billing.view"

    def prepare(self) -> None:
        companies = LegalEntity.objects.order_by("pk")
        self.companies = Names(_("own company"), ((each.name, each) for each in companies))
        self.links = LinksOfRows(self.by, system=self.system, is_named_system=bool(self.mapping.system))
        self.usual: Any = None
        self.currencies: dict[int, str] = {}
        self.rates = Rates()

    def _take(self, rows: Any) -> None:
        self.links.load([self.layout.record(row) for row in rows])
        super()._take(rows)

    def finish(self) -> None:
        for name, finding in self.outcome.findings.items():
            self.outcome.warnings.append(sentence(name, finding))

    def _settle(self, step: Step, field_name: str, key: str, found: dict[str, list[Any]]) -> None:
        before = len(step.record.problems)
        super()._settle(step, field_name, key, found)
        if len(step.record.problems) > before and self.seen[field_name, key] != step.record.row.number:
            self.outcome.find("duplicates", step.record.row.number)

    def company(self, record: Record) -> Any:
        """The one that is named, else the usual one."""
        if record.has("legal_entity"):
            return self.companies.find(record, "legal_entity")
        try:
            self.usual = self.usual or usual_legal_entity()
        except Refused as refusal:
            record.reject("legal_entity", refusal.message)
        return self.usual

    def currency(self, record: Record, company: Any) -> str:
        if record.has("currency"):
            return record.read("currency", currency_code) or ""
        if company is None:
            return ""
        if company.pk not in self.currencies:
            self.currencies[company.pk] = usual_currency(company)
        return self.currencies[company.pk]

    def money(self, record: Record, name: str, currency: str) -> Decimal | None:
        """Whole units of the currency, of either sign. Parts of the smallest coin are refused, never rounded away."""
        amount = record.read(name, self.reader.amount)
        if amount is None or not currency:
            return None
        if amount != rounded(amount, currency):
            record.reject(
                name, _("“%(text)s” has parts of the smallest coin.") % {"text": record.text(name)[:60]}
            )
        return amount

    def owner(self, record: Record, account: Any) -> Any:
        """The client's; without one it belongs to whoever brings it, unless they see everybody's."""
        owner = account.owner if account is not None else None
        if owner is None:
            owner = None if self.by.reach(self.view_right).everybody else self.by
        elif not self.by.reach(self.issue_right).covers_person(owner.pk):
            record.reject("account", self._lacks(self.issue_right))
        return owner

    def no_client(self, record: Record) -> None:
        self.outcome.find("without_client", record.row.number)
        record.reject("account", _("No client is named."))


def numbered(invoices: Any, keys: Iterable[Sequence[Any]]) -> Iterator[Invoice]:
    """Those of (own company, kind, number), in a statement for each own company and kind."""
    wanted: dict[tuple[int, str], set[str]] = {}
    for company, kind, number in keys:
        wanted.setdefault((int(company), kind), set()).add(number)
    for (company, kind), numbers in wanted.items():
        yield from invoices.filter(legal_entity=company, kind=kind, number__in=numbers).order_by("pk")


def sentence(name: str, finding: Finding) -> str:
    more = " …" if finding.count > len(finding.rows) else ""
    which = ", ".join(f"{each['number']} ({each['total']} ≠ {each['lines']})" for each in finding.which)
    said: dict[str, Any] = {
        "count": finding.count,
        "rows": _listed(finding.rows) + more,
        "which": which + more,
    }
    return str(SAID[name]) % said


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows))
