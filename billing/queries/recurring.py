"""Recurring invoices: their list, and the page of one."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import repeating
from billing.drafting import DraftLine
from billing.models import Invoice, RecurringInvoice, RecurringMode, RecurringState
from billing.queries.amounts import number_text, price_text
from billing.queries.invoice import timeline_of_record
from billing.queries.invoice_columns import state_word
from catalog.models import Product
from deals.queries.words import amount_text
from foundation.clock import company_day
from foundation.keyset import Page, keyset_page
from users.dates import day_text

SIZE, COMING, MOST_RUNS, MOST_LINES = 50, 5, 24, 100
ORDER = ("-pk",)
STATES = {
    "active": Q(state=RecurringState.ACTIVE, next_on__isnull=False),
    "refused": ~Q(last_refusal=""),
    "stopped": Q(state=RecurringState.STOPPED),
    "over": Q(state=RecurringState.ACTIVE, next_on__isnull=True),
}
COLUMNS = (
    "pk", "title", "account__name", "rule", "next_on", "total", "currency", "mode", "state", "last_refusal",
    "owner__name",
)  # fmt: skip
RUN = (
    "pk", "on", "refusal", "invoice_id", "invoice__number", "invoice__kind", "invoice__state", "invoice__total",
    "invoice__due", "invoice__due_on", "invoice__currency",
)  # fmt: skip


def list_page(found: Any, cursor: str | None, today: date) -> Page:
    """One statement."""
    page = keyset_page(found.values(*COLUMNS), order=ORDER, cursor=cursor, size=SIZE)
    return page._replace(rows=[_row(row, today) for row in page.rows])


def page_of(recurring: RecurringInvoice, person: Any) -> dict[str, Any]:
    """In three statements, and that of the timeline."""
    today = company_day(timezone.now())
    tag, css = _tag(recurring.state, recurring.next_on, recurring.last_refusal)
    lines = recurring.asked()
    changes = person.reaches(recurring, "billing.change")
    return {
        "recurring": recurring,
        "rule": repeating.words(recurring.rule),
        "total": amount_text(recurring.total, recurring.currency),
        "mode": RecurringMode(recurring.mode).label,
        "tag": tag,
        "tag_css": css,
        "coming": coming_of(recurring, today),
        "lines": _lines(lines[:MOST_LINES], recurring.currency),
        "more_lines": max(0, len(lines) - MOST_LINES),
        "runs": _runs(recurring, person, today, changes=changes),
        "may_change": changes,
        "sees_client": person.reaches(recurring.account, "accounts.view"),
        "sees_deal": recurring.deal is not None and person.reaches(recurring.deal, "deals.view"),
        "timeline": timeline_of(recurring),
    }


def timeline_of(recurring: RecurringInvoice, before: str | None = None) -> dict[str, Any]:
    url = reverse("billing:recurring_timeline", args=[recurring.pk])
    return timeline_of_record("recurring", recurring.pk, url=url, before=before)


def coming_of(recurring: RecurringInvoice, today: date) -> list[str]:
    """None of one that is stopped or over."""
    if not recurring.is_active or recurring.next_on is None:
        return []
    found = repeating.coming(
        recurring.rule,
        first=recurring.starts_on,
        since=recurring.next_on,
        last=recurring.ends_on,
        most=COMING,
    )
    return [day_text(day, today) for day in found]


def _runs(recurring: RecurringInvoice, person: Any, today: date, *, changes: bool) -> list[dict[str, Any]]:
    """The latest days. Whoever sees the series sees that a day was made; of the invoice only what they may see."""
    rows = list(recurring.runs.order_by("-on").values(*RUN)[:MOST_RUNS])
    keys = [row["invoice_id"] for row in rows if row["invoice_id"]]
    seen = set(Invoice.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True))
    return [_run(row, recurring, today, changes=changes, is_seen=row["invoice_id"] in seen) for row in rows]


def _run(
    row: dict[str, Any], recurring: RecurringInvoice, today: date, *, changes: bool, is_seen: bool
) -> dict[str, Any]:
    key = row["invoice_id"]
    again = changes and key is None and bool(row["refusal"])
    said = {
        "day": day_text(row["on"], today),
        "refusal": row["refusal"],
        "again": reverse("billing:recurring_again", args=[recurring.pk, row["pk"]]) if again else "",
        "title": "",
    }
    if not is_seen:
        return said
    return said | {
        "title": row["invoice__number"] or _("Draft %(pk)s") % {"pk": key},
        "url": reverse("billing:invoice", args=[key]),
        "total": amount_text(row["invoice__total"], row["invoice__currency"]),
        "state": state_word(
            row["invoice__state"], row["invoice__kind"], row["invoice__due"], row["invoice__due_on"], today
        ),
    }


def _row(row: dict[str, Any], today: date) -> dict[str, Any]:
    tag, css = _tag(row["state"], row["next_on"], row["last_refusal"])
    is_active = row["state"] == RecurringState.ACTIVE and row["next_on"] is not None
    return {
        "pk": row["pk"],
        "url": reverse("billing:recurring", args=[row["pk"]]),
        "title": row["title"],
        "client": row["account__name"],
        "rule": repeating.words(row["rule"]),
        "next": day_text(row["next_on"], today) if is_active else "",
        "total": amount_text(row["total"], row["currency"]),
        "mode": RecurringMode(row["mode"]).label,
        "owner": row["owner__name"] or "",
        "tag": tag,
        "tag_css": css,
    }


def _tag(state: str, next_on: date | None, refusal: str) -> tuple[str, str]:
    if state == RecurringState.STOPPED:
        return _("stopped"), "tag-warn"
    if refusal:
        return _("refused"), "tag-bad"
    return (_("active"), "tag-good") if next_on else (_("over"), "tag-info")


def _lines(lines: list[DraftLine], currency: str) -> list[dict[str, str]]:
    """One statement for the names of products."""
    keys = {line.product_id for line in lines if line.product_id}
    names = dict(Product.objects.filter(pk__in=keys).values_list("pk", "name"))
    return [
        {
            "title": line.title or names.get(line.product_id or 0, ""),
            "quantity": f"{number_text(line.quantity)} {line.unit}".strip(),
            "price": _("by the rules") if line.price is None else price_text(line.price, currency),
        }
        for line in lines
    ]
