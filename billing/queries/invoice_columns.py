"""The columns of the list of invoices, and how each is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing.models.invoice import OPEN, InvoiceKind, InvoiceState
from deals.queries import words
from foundation.clock import company_day
from lists.registry import Cell, Column, offered_columns

STATE_TAGS = {
    InvoiceState.DRAFT: "",
    InvoiceState.WAITING: "tag-warn",
    InvoiceState.APPROVED: "tag-info",
    InvoiceState.ISSUED: "tag-leaf",
    InvoiceState.PART_PAID: "tag-leaf",
    InvoiceState.PAID: "tag-good",
    InvoiceState.CREDITED: "",
    InvoiceState.WRITTEN_OFF: "",
    InvoiceState.DISCARDED: "",
}
ASIDE = "wide"
USUAL = ("client", "state", "total", "due", "due_on", "dated", "owner")


@dataclass(frozen=True)
class ListPage:
    """What is the same for every row of a page."""

    today: date
    invoices: str
    clients: str
    deals: str

    @classmethod
    def of(cls, now: datetime) -> "ListPage":
        return cls(company_day(now), reverse("billing:list"), reverse("accounts:list"), reverse("deals:list"))


@dataclass(frozen=True)
class StateWord:
    """A state as it is shown: `text`, and the class of its tag."""

    text: str
    css: str


def state_word(state: str, kind: str, due: Decimal, due_on: date | None, today: date) -> StateWord:
    """An unsettled invoice that is late says since when; a credit note says what is left of it."""
    if kind == InvoiceKind.CREDIT_NOTE and state in (*OPEN, InvoiceState.PAID, InvoiceState.CREDITED):
        return StateWord(_t("issued") if due else _t("used"), "tag tag-leaf" if due else "tag tag-good")
    if state in OPEN and due_on is not None and due_on < today:
        late = (today - due_on).days
        text = ngettext("overdue %(n)s day", "overdue %(n)s days", late) % {"n": words.count_text(late)}
        return StateWord(text, "tag tag-bad")
    return StateWord(str(InvoiceState(state).label), f"tag {STATE_TAGS[InvoiceState(state)]}".strip())


def name_of(row: Mapping[str, Any]) -> str:
    return row["number"] or _t("Draft %(pk)s") % {"pk": row["pk"]}


def number(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("", name_of(row), f"{page.invoices}{row['pk']}/")


def client(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("client", row["account__name"], f"{page.clients}{row['account_id']}/")


def state(row: Mapping[str, Any], page: ListPage) -> Cell:
    word = state_word(row["state"], row["kind"], row["due"], row["due_on"], page.today)
    return Cell("stage", word.text, "", word.css)


def total(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("end total", words.amount_text(signed(row["total"], row["kind"]), row["currency"]))


def due(row: Mapping[str, Any], page: ListPage) -> Cell:
    """On a phone only where it is not the total."""
    css = f"end left {ASIDE}" if row["due"] == row["total"] else "end left"
    said = words.amount_text(signed(row["due"], row["kind"]), row["currency"]) if row["due"] else ""
    return Cell(css, said)


def money(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(f"end {ASIDE}", words.amount_text(signed(row[name], row["kind"]), row["currency"]))

    return cell


def base_total(row: Mapping[str, Any], page: ListPage) -> Cell:
    worth = row["base_total"]
    said = "" if worth is None else words.amount_text(signed(worth, row["kind"]), settings.BASE_CURRENCY)
    return Cell(f"end {ASIDE}", said)


def signed(amount: Decimal, kind: str) -> Decimal:
    """What a credit note takes back counts against what invoices ask for."""
    return -amount if kind == InvoiceKind.CREDIT_NOTE else amount


def due_on(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("due", words.day_text(row["due_on"], page.today))


def day(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(ASIDE, words.day_text(row[name], page.today))

    return cell


def issued(row: Mapping[str, Any], page: ListPage) -> Cell:
    if row["issued_at"] is None:
        return Cell(ASIDE, "")
    return Cell(ASIDE, words.day_text(timezone.localdate(row["issued_at"]), page.today))


def plain(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(ASIDE, row[name] or "")

    return cell


def deal(row: Mapping[str, Any], page: ListPage) -> Cell:
    key = row["deal_id"]
    return Cell(ASIDE, row["deal__title"] or "", f"{page.deals}{key}/" if key else "")


def kind(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(ASIDE, str(InvoiceKind(row["kind"]).label))


def key(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(f"end {ASIDE}", f"ID{row['pk']}")


def column(name: str, label: Any, needs: tuple[str, ...], cell: Any, css: str = "", **said: Any) -> Column:
    return Column(name=name, label=label, needs=needs, cell=cell, css=css, **said)


END, END_ASIDE = "end", f"end {ASIDE}"
AMOUNT = ("currency", "kind")
OWN = [
    column("number", _("Invoice"), ("number",), number, order="number"),
    column("client", _("Client"), ("account_id", "account__name"), client, order="account__sort_key"),
    column("state", _("State"), ("state", "kind", "due", "due_on"), state, order="state"),
    column("total", _("Total"), ("total", *AMOUNT), total, END, order="total"),
    column("due", _("Still due"), ("due", "total", *AMOUNT), due, END, order="due"),
    column("due_on", _("Due on"), ("due_on",), due_on, order="due_on"),
    column("dated", _("Dated"), ("dated_on",), day("dated_on"), ASIDE, order="dated_on"),
    column("issued", _("Issued"), ("issued_at",), issued, ASIDE, order="issued_at"),
    column("owner", _("Owner"), ("owner__name",), plain("owner__name"), ASIDE, order="owner__sort_key"),
    column("own", _("Own company"), ("legal_entity__name",), plain("legal_entity__name"), ASIDE,
           order="legal_entity__name"),
    column("net", _("Net"), ("net", *AMOUNT), money("net"), END_ASIDE, order="net"),
    column("tax", _("Tax"), ("tax", *AMOUNT), money("tax"), END_ASIDE, order="tax"),
    column("paid", _("Paid"), ("paid", *AMOUNT), money("paid"), END_ASIDE, order="paid"),
    column("base_total", _("In the company's currency"), ("base_total", "kind"), base_total, END_ASIDE,
           order="base_total"),
    column("currency", _("Currency"), ("currency",), plain("currency"), ASIDE, order="currency"),
    column("kind", _("Kind"), ("kind",), kind, ASIDE, order="kind"),
    column("deal", _("Deal"), ("deal_id", "deal__title"), deal, ASIDE, order="deal__title"),
    column("key", _("Number of the record"), (), key, END_ASIDE, order="pk"),
]  # fmt: skip
BY_NAME = {each.name: each for each in OWN}


def columns() -> dict[str, Column]:
    """All there are to choose from: the invoice's own, and what rooms above know of it."""
    return BY_NAME | offered_columns("invoices")
