"""The page of one quote, within a fixed number of statements however long it is."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import timeline
from billing.drafting import cost_of
from billing.guard import objections_to_quote
from billing.models import InvoiceState, Quote, QuoteState
from billing.queries import invoice_lines
from billing.queries.invoice import margin_text, taxes_of
from billing.queries.invoice_columns import StateWord
from deals.queries import words
from foundation.clock import company_day
from foundation.errors import Refused
from users.dates import day_text
from users.mailing import address

WITH = (
    "account", "contact", "deal", "legal_entity", "bank_account", "owner", "created_by", "sent_by", "decided_by",
    "price_list", "invoice",
)  # fmt: skip
TAGS = {
    QuoteState.DRAFT: "",
    QuoteState.SENT: "tag-leaf",
    QuoteState.ACCEPTED: "tag-good",
    QuoteState.DECLINED: "tag-bad",
    QuoteState.EXPIRED: "tag-warn",
    QuoteState.SUPERSEDED: "",
    QuoteState.WITHDRAWN: "",
}


def page_of(quote: Quote, person: Any, *, is_whole: bool = False) -> dict[str, Any]:
    """`is_whole`: with all lines, however many."""
    now = timezone.now()
    today, sees_costs = company_day(now), person.may("billing.view_costs")
    reasons, trouble = objections_of(quote)
    versions = list(Quote.objects.versions_of(quote))
    return {
        "quote": quote,
        "title": title_of(quote),
        "state": state_word(quote.state),
        "total": words.amount_text(quote.total, quote.currency),
        "sees_client": person.reaches(quote.account, "accounts.view"),
        "sees_deal": quote.deal is not None and person.reaches(quote.deal, "deals.view"),
        "sees_invoice": quote.invoice is not None and person.reaches(quote.invoice, "billing.view"),
        "lines_url": reverse("billing:quote_lines", args=[quote.pk]),
        "lines": invoice_lines.rows_of(
            quote, sees_costs=sees_costs, is_whole=is_whole, why="billing:quote_why"
        ),
        "taxes": taxes_of(quote),  # type: ignore[arg-type]
        "sums": sums_of(quote),
        "margin": margin_of(quote) if sees_costs else None,
        "objections": reasons,
        "trouble": trouble,
        "versions": [_version(each, quote, person, today) for each in reversed(versions)],
        "links": links_of(quote, today),
        "may": may(quote, person, versions, now),
        "timeline": timeline_of(quote),
    }


def title_of(quote: Quote) -> str:
    if not quote.number:
        return _("Draft of a quote, ID%(pk)s") % {"pk": quote.pk}
    return _("Quote %(number)s") % {"number": quote}


def state_word(state: str) -> StateWord:
    return StateWord(str(QuoteState(state).label), f"tag {TAGS[QuoteState(state)]}".strip())


def objections_of(quote: Any, lines: Any = None) -> tuple[list[str], str]:
    """Why only somebody who may approve sends it; and why that cannot be said, where it cannot."""
    if not quote.is_draft:
        return [], ""
    try:
        return objections_to_quote(quote, lines=lines), ""
    except Refused as refusal:
        return [], str(refusal.message)


def sums_of(quote: Quote) -> list[tuple[str, str]]:
    rows = [(_("Discount on the document"), -quote.discount)] if quote.discount else []
    rows += [(_("Net"), quote.net), (_("Tax"), quote.tax), (_("Total"), quote.total)]
    return [(label, words.amount_text(amount, quote.currency)) for label, amount in rows]


def margin_of(quote: Quote) -> str:
    cost = quote.cost_total if quote.is_sent else cost_of(list(quote.lines.only("cost", "quantity")))
    return margin_text(quote.net, cost, quote.currency)


def may(quote: Quote, person: Any, versions: list[Quote], now: datetime) -> dict[str, bool]:
    """What this person may do with it as it stands."""
    changes, sends = person.reaches(quote, "billing.change"), person.reaches(quote, "billing.issue")
    is_newest = not any(each.version_number > quote.version_number and _counts(each) for each in versions)
    is_invoiced = quote.invoice is not None and quote.invoice.state != InvoiceState.DISCARDED
    answers = sends and quote.may_be_answered(now, by=person)
    return {
        "change": changes and quote.is_draft,
        "send": sends and quote.is_draft,
        "new_version": person.may("billing.create") and changes and quote.is_sent and is_newest
        and quote.state != QuoteState.ACCEPTED,
        "accept": answers,
        "decline": answers,
        "link": sends and quote.is_sent,
        "invoice": person.may("billing.create") and changes and quote.state == QuoteState.ACCEPTED
        and not is_invoiced,
        "withdraw": changes and quote.state in (QuoteState.DRAFT, QuoteState.SENT, QuoteState.EXPIRED),
        "give": person.reaches(quote, "billing.approve"),
    }  # fmt: skip


def links_of(quote: Quote, today: date) -> list[dict[str, Any]]:
    """Those that still open something, the newest first."""
    rows = quote.links.filter(revoked_at=None, expires_on__gte=today).annotate(count=Count("openings"))
    return [
        {"address": address(each.path), "count": each.count, "last": each.last_opened_at}
        for each in rows.order_by("-pk")[:3]
    ]


def timeline_of(quote: Quote, before: str | None = None) -> dict[str, Any]:
    """A page of what happened, by days of the reader's zone."""
    page = timeline.page("quote", quote.pk, before=before)
    days = groupby(page.entries, key=lambda entry: timezone.localdate(entry.at))
    return {
        "days": [(day, list(entries)) for day, entries in days],
        "older": page.older,
        "url": reverse("billing:quote_timeline", args=[quote.pk]),
        "only": "",
    }


def _counts(quote: Quote) -> bool:
    """A draft of a newer version that was thrown away is none."""
    return quote.is_draft or quote.is_sent


def _version(each: Quote, shown: Quote, person: Any, today: date) -> dict[str, Any]:
    """Versions share their client, and so who sees them; one given to somebody else may be out of reach."""
    return {
        "title": _("Version %(n)s") % {"n": each.version_number},
        "url": each.get_absolute_url() if person.reaches(each, "billing.view") else "",
        "day": day_text(each.dated_on, today),
        "total": words.amount_text(each.total, each.currency),
        "state": state_word(each.state),
        "is_shown": each.pk == shown.pk,
    }
