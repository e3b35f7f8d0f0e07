"""What the page of an invoice shows: lines with their taxes and prices' reasons, what settles it, what may be done."""

from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.guard import objections
from billing.models import Allocation, Invoice, InvoiceState, Payment
from billing.models.invoice import BEFORE_ISSUE
from billing.queries.words import money, name_of, plain, state_tag
from foundation import timeline
from foundation.errors import Refused
from users.dates import short_day

BESIDE = (
    "account",
    "contact",
    "deal",
    "owner",
    "legal_entity",
    "bank_account",
    "corrects",
    "created_by",
    "issued_by",
)
NOTHING = Decimal(0)


class Line(NamedTuple):
    pk: int
    title: str
    quantity: str
    unit: str
    price: str
    list_price: str
    tax: str
    amount: str
    cost: str
    why: list[str]
    product_id: int | None


class Part(NamedTuple):
    """An instalment."""

    due_on: str
    amount: str
    left: str
    is_late: bool


class Settled(NamedTuple):
    what: str
    url: str
    amount: str
    when: str
    is_released: bool


def page_of(invoice: Invoice, person: Any) -> dict[str, Any]:
    """A fixed number of statements for any number of lines."""
    today = timezone.localdate()
    lines = list(invoice.lines.all())
    may = allowed(invoice, person)
    tag, state = state_tag(
        invoice.state, kind=invoice.kind, due=invoice.due, due_on=invoice.due_on, today=today
    )
    return {
        "invoice": invoice,
        "name": name_of(invoice.number, invoice.pk),
        "tag": tag,
        "state": state,
        "lines": [_line(each, invoice.currency, sees_costs=may["costs"]) for each in lines],
        "sums": _sums(invoice, lines),
        "margin": _margin(invoice, lines) if may["costs"] else None,
        "parts": _parts(invoice, today),
        "settled": _settled(invoice, person),
        "notes": _credit_notes(invoice, person),
        "may": may,
        "objections": _objections(invoice) if invoice.state == InvoiceState.DRAFT and lines else [],
        "sees_account": Account.objects.visible_to(person).filter(pk=invoice.account_id).exists(),
        "dated_on": short_day(invoice.dated_on, today),
        "due_on": short_day(invoice.due_on, today) if invoice.due_on else "",
        "timeline": timeline_of(invoice),
    }


def allowed(invoice: Invoice, person: Any) -> dict[str, bool]:
    """What this person may do with the invoice as it stands."""
    is_open = invoice.state in BEFORE_ISSUE and invoice.state != InvoiceState.DISCARDED
    is_issued_invoice = invoice.is_issued and not invoice.is_credit_note
    change = is_open and person.reaches(invoice, "billing.change")
    credit = person.reaches(invoice, "billing.credit")
    return {
        "change": change,
        "issue": is_open and person.reaches(invoice, "billing.issue"),
        "judge": invoice.state == InvoiceState.WAITING and invoice.may_be_judged_by(person),
        "credit": is_issued_invoice and credit,
        "write_off": is_issued_invoice and credit and bool(invoice.due),
        "take_back": is_issued_invoice and credit and bool(invoice.written_off),
        "receive": is_issued_invoice and bool(invoice.due) and person.may("billing.receive"),
        "assign": person.reaches(invoice, "billing.approve"),
        "costs": person.may("billing.view_costs"),
    }


def timeline_of(invoice: Invoice, before: str | None = None) -> dict[str, Any]:
    page = timeline.page("invoice", invoice.pk, before=before)
    days = groupby(page.entries, key=lambda entry: timezone.localdate(entry.at))
    return {"days": [(day, list(entries)) for day, entries in days], "older": page.older}


def _line(line: Any, currency: str, *, sees_costs: bool) -> Line:
    tax = line.exempt_reason or (f"{line.tax_name} {plain(line.tax_rate)} %".strip() if line.tax_rate else "")
    is_reduced = line.list_price is not None and line.list_price != line.price
    return Line(
        line.pk,
        line.title,
        plain(line.quantity),
        line.unit,
        money(line.price, currency),
        money(line.list_price, currency) if is_reduced else "",
        tax,
        money(line.amount, currency),
        money(line.cost, currency) if sees_costs and line.cost is not None else "",
        _why(line, currency),
        line.product_id,
    )


def _why(line: Any, currency: str) -> list[str]:
    """How the price came about, from the list to the hand."""
    steps = [_step(each, currency) for each in line.trace]
    if len(steps) == 1 and line.trace[0]["step"] == "plain":
        steps = []  # nothing happened to it
    if line.reason:
        steps.append(_("reason: %(reason)s") % {"reason": line.reason})
    return steps


def _step(step: dict[str, Any], currency: str) -> str:
    """A step of the trace: what decided, and the price after it."""
    names = {"plain": _("price of the product"), "manual": _("by hand")}
    label = step.get("name") or names.get(step["step"], step["step"])
    return f"{label}: {money(Decimal(step['after']), currency)}"


def _sums(invoice: Invoice, lines: list[Any]) -> list[tuple[str, str, str]]:
    """(class, label, amount) under the lines: discount, net, each tax, total, and what became of it."""
    currency, found = invoice.currency, []
    if invoice.discount:
        found += [("", _("Discount"), money(-invoice.discount, currency))]
    taxes: dict[str, Decimal] = {}
    for each in lines:
        if each.tax_rate:
            label = f"{each.tax_name or _('Tax')} {plain(each.tax_rate)} %"
            taxes[label] = taxes.get(label, NOTHING) + each.tax
    if taxes:
        found += [("", _("Without tax"), money(invoice.net, currency))]
        found += [("", label, money(amount, currency)) for label, amount in sorted(taxes.items())]
    found += [("is-total", _("Total"), money(invoice.total, currency))]
    if invoice.is_issued:
        for label, amount in (
            (_("Paid"), invoice.paid),
            (_("Credited") if not invoice.is_credit_note else _("Used"), invoice.credited),
            (_("Written off"), invoice.written_off),
        ):
            if amount:
                found += [("", label, money(-amount, currency))]
        found += [
            (
                "is-total",
                _("Still due") if not invoice.is_credit_note else _("Left"),
                money(invoice.due, currency),
            )
        ]
    return found


def _margin(invoice: Invoice, lines: list[Any]) -> str:
    """What is earned of it before tax, where all costs are known."""
    costs = [each.cost * each.quantity for each in lines if each.cost is not None]
    if not lines or len(costs) < len(lines) or not invoice.net:
        return ""
    earned = invoice.net - sum(costs, NOTHING)
    return f"{money(earned, invoice.currency)}, {plain(round(100 * earned / invoice.net, 1))} %"


def _parts(invoice: Invoice, today: Any) -> list[Part]:
    return [
        Part(
            short_day(each.due_on, today),
            money(each.amount, invoice.currency),
            money(each.amount - each.settled, invoice.currency) if each.settled < each.amount else "",
            is_late=each.is_open and each.due_on < today,
        )
        for each in invoice.instalments.order_by("position")
    ]


def _settled(invoice: Invoice, person: Any) -> list[Settled]:
    """What settled it, and of a credit note what it settled; links to what the person sees."""
    today = timezone.localdate()
    of = {"credit_note": invoice} if invoice.is_credit_note else {"invoice": invoice}
    rows = list(
        Allocation.objects.filter(**of)
        .select_related("payment", "credit_note", "invoice")
        .order_by("made_at", "pk")
    )
    payments = {each.payment_id for each in rows if each.payment_id}
    seen = (
        set(Payment.objects.visible_to(person).filter(pk__in=payments).values_list("pk", flat=True))
        if payments
        else set()
    )
    return [_settling(each, invoice, seen, today) for each in rows]


def _settling(each: Allocation, invoice: Invoice, seen: set[int], today: Any) -> Settled:
    url = ""
    if each.payment is not None:
        what = _("Payment of %(day)s") % {"day": short_day(each.payment.received_on, today)}
        url = each.payment.get_absolute_url() if each.payment_id in seen else ""
    elif invoice.is_credit_note:
        what, url = str(each.invoice), each.invoice.get_absolute_url()
    elif each.credit_note is not None:
        what, url = str(each.credit_note), each.credit_note.get_absolute_url()
    else:
        what = f"{_('Written off')}: {each.reason}"
    when = short_day(timezone.localtime(each.made_at).date(), today)
    return Settled(what, url, money(each.amount, invoice.currency), when, each.released_at is not None)


def _credit_notes(invoice: Invoice, person: Any) -> list[tuple[str, str, str]]:
    """(name, url, total)."""
    if invoice.is_credit_note:
        return []
    notes = Invoice.objects.visible_to(person).filter(corrects=invoice).order_by("pk")
    return [(str(each), each.get_absolute_url(), money(each.total, each.currency)) for each in notes]


def _objections(invoice: Invoice) -> list[str]:
    """Why somebody has to approve it; a rate nobody entered is an objection too."""
    try:
        return objections(invoice)
    except Refused as refused:
        return [str(refused.message)]
