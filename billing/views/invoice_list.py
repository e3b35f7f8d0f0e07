"""The list of invoices. All that is asked lives in the address."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from billing.models import Invoice
from billing.queries import invoice_list as queries
from foundation.gate import Request, gate
from lists.kept import Kept

FILTERS = ("q", "state", "owner", "account", "deal", "company", "currency", "since", "until")
KEPT = (*FILTERS, "sort")
CHIPPED = ("draft", "waiting", "due", "overdue", "paid", "credit_note")


@require_safe
@gate("billing.view")
def invoice_list(request: Request) -> HttpResponse:
    """The page, or for htmx its part that changes with what is asked."""
    asked, kept, today = queries.InvoiceFilter(request.GET), Kept.of(request.GET, KEPT), queries.today()
    is_sound = asked.is_valid()
    found = asked.invoices(request.user, today=today) if is_sound else Invoice.objects.none()
    order = asked.order if is_sound else queries.ORDERS[""]
    shown = queries.listed(found, order, request.GET.get("cursor"), today=today)
    n = shown.how_many.n
    context = {
        "rows": shown.rows,
        "page": kept.pages(shown.page),
        "totals": shown.totals,
        "count_text": ngettext("%(count)s invoice", "%(count)s invoices", n) % {"count": shown.how_many.text},
        "chips": _chips(kept),
        "active": _active(kept, request.user) if is_sound else [],
        "sorts": _sorts(kept),
        "kept": kept,
        "form": asked,
        "is_narrowed": any(kept.get(name) for name in FILTERS),
        "may_create": request.user.may("billing.create"),
    }
    template = "billing/invoices.html#invoices" if request.htmx else "billing/invoices.html"
    status = HTTPStatus.OK if is_sound else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, template, context, status=status)


def _chips(kept: Kept) -> list[dict[str, Any]]:
    """One tap each; a second tap takes it away."""
    offered = [("owner", "me", _("Mine")), ("owner", "team", _("My team"))]
    offered += [("state", state, str(queries.STATES[state])) for state in CHIPPED]
    return [
        {"title": title, "is_on": kept.get(name) == value, "query": kept.toggled(name, value)}
        for name, value, title in offered
    ]


def _sorts(kept: Kept) -> list[dict[str, Any]]:
    offered = [
        ("", _("The newest first")),
        ("due", _("The earliest due first")),
        ("worth", _("The largest first")),
    ]
    return [
        {"title": title, "is_on": kept.get("sort", "") == value, "query": kept.changed(sort=value or None)}
        for value, title in offered
    ]


def _active(kept: Kept, person: Any) -> list[dict[str, str]]:
    """The filters no chip shows, as sentences with a way to remove each."""
    said = queries.asked_in_words(kept, person)
    if kept.get("currency"):
        said.append(("currency", kept["currency"].upper()))
    if kept.get("since"):
        said.append(("since", _("from %(day)s") % {"day": kept["since"]}))
    if kept.get("until"):
        said.append(("until", _("to %(day)s") % {"day": kept["until"]}))
    if (state := kept.get("state", "")) and state not in CHIPPED:
        said.append(("state", str(queries.STATES[state])))
    return [{"text": text, "query": kept.changed(**{name: None})} for name, text in said]
