"""What stands beside the lines of an invoice: instalments, what settled them, and its credit notes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import Instalment, Invoice, Payment
from billing.models.payment import AllocationKind
from billing.queries.invoice_columns import state_word
from deals.queries import words
from users.dates import short_day

MOST = 100
ICONS = {
    AllocationKind.PAYMENT: "cash",
    AllocationKind.CREDIT: "receipt-refund",
    AllocationKind.WRITE_OFF: "eraser",
}


@dataclass(frozen=True)
class InstalmentRow:
    due: str
    amount: str
    settled: str
    tag: str
    tag_css: str


@dataclass(frozen=True)
class SettledRow:
    """A payment, a credit note or a write-off that settles a part of it, or did."""

    icon: str
    title: str
    url: str
    amount: str
    made: str
    by: str
    reason: str
    released: str


@dataclass(frozen=True)
class NoteRow:
    title: str
    url: str
    day: str
    total: str
    tag: str
    tag_css: str
    reason: str


def instalments_of(invoice: Invoice, today: date) -> list[InstalmentRow]:
    """One statement. A draft without a schedule has none."""
    return [_instalment(each, invoice, today) for each in invoice.instalments.order_by("position")]


def _instalment(each: Instalment, invoice: Invoice, today: date) -> InstalmentRow:
    tag, css = _tag(each, invoice, today)
    return InstalmentRow(
        due=words.day_text(each.due_on, today),
        amount=words.amount_text(each.amount, invoice.currency),
        settled=words.amount_text(each.settled, invoice.currency) if 0 < each.settled < each.amount else "",
        tag=tag,
        tag_css=css,
    )


def _tag(each: Instalment, invoice: Invoice, today: date) -> tuple[str, str]:
    if not invoice.is_issued:
        return _("planned"), ""
    if each.settled >= each.amount:
        return _("settled"), "tag-good"
    late = (today - each.due_on).days
    if late > 0:
        text = ngettext("overdue %(n)s day", "overdue %(n)s days", late)
        return text % {"n": words.count_text(late)}, "tag-bad"
    return (_("part-paid"), "tag-leaf") if each.settled else (_("due"), "tag-info")


def settled_by(invoice: Invoice, person: Any, today: date) -> list[SettledRow]:
    """At most three statements; none for what was not issued."""
    if not invoice.is_issued:
        return []
    source = invoice.settles if invoice.is_credit_note else invoice.allocations
    found = list(
        source.select_related("payment", "credit_note", "invoice", "made_by").order_by("-made_at", "-pk")[
            :MOST
        ]
    )
    payments = {each.payment_id for each in found if each.payment_id}
    if payments and person.may("billing.view_payments"):
        payments = set(
            Payment.objects.visible_to(person).filter(pk__in=payments).values_list("pk", flat=True)
        )
    else:
        payments = set()
    return [_settled(each, invoice, person, payments, today) for each in found]


def _settled(each: Any, invoice: Invoice, person: Any, payments: set[int], today: date) -> SettledRow:
    title, url = _source(each, invoice, person, payments)
    return SettledRow(
        icon=ICONS[each.kind],
        title=title,
        url=url,
        amount=words.amount_text(each.amount, each.invoice.currency),
        made=short_day(timezone.localdate(each.made_at), today),
        by=each.made_by.name,
        reason=each.reason,
        released=short_day(timezone.localdate(each.released_at), today) if each.released_at else "",
    )


def _source(each: Any, invoice: Invoice, person: Any, payments: set[int]) -> tuple[str, str]:
    if each.payment is not None:
        is_named = each.payment_id in payments
        day = words.day_text(each.payment.received_on, timezone.localdate())
        url = _address("billing:payment", each.payment_id) if is_named else ""
        return _("Payment of %(day)s") % {"day": day}, url
    if invoice.is_credit_note:
        seen = person.reaches(each.invoice, "billing.view")
        return str(each.invoice), each.invoice.get_absolute_url() if seen else ""
    if each.credit_note is not None:
        seen = person.reaches(each.credit_note, "billing.view")
        title = _("Credit note %(number)s") % {"number": each.credit_note.number}
        return title, each.credit_note.get_absolute_url() if seen else ""
    return _("Written off"), ""


def credit_notes_of(invoice: Invoice, person: Any, today: date) -> list[NoteRow]:
    """One statement; none of a draft."""
    if not invoice.is_issued or invoice.is_credit_note:
        return []
    found = Invoice.objects.visible_to(person).filter(corrects=invoice).order_by("-pk")[:MOST]
    return [_note(note, today) for note in found]


def _note(note: Invoice, today: date) -> NoteRow:
    word = state_word(note.state, note.kind, note.due, note.due_on, today)
    return NoteRow(
        title=str(note),
        url=note.get_absolute_url(),
        day=words.day_text(note.dated_on, today),
        total=words.amount_text(note.total, note.currency),
        tag=word.text,
        tag_css=word.css,
        reason=note.correction_reason,
    )


def _address(name: str, key: int) -> str:
    """Nothing where there is no such page."""
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return ""
