from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing.models import RecurringInvoice
from billing.queries import recurring as queries
from deals.filters import LARGEST_KEY
from foundation.clock import company_day
from foundation.gate import Request, find, gate

BESIDE = ("account", "deal", "legal_entity", "owner", "created_by")
CHIPS = [
    ("active", _("Active"), "repeat"),
    ("refused", _("Refused"), "alert-triangle"),
    ("stopped", _("Stopped"), "player-pause"),
    ("over", _("Over"), "flag"),
]


@require_safe
@gate("billing.view")
def recurring_list(request: Request) -> HttpResponse:
    """The invoices that come again, of those the person sees, the latest begun first."""
    found = RecurringInvoice.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state in queries.STATES:
        found = found.filter(queries.STATES[state])
    said = {name: key for name in ("owner", "account") if (key := _key(request, name)) is not None}
    page = queries.list_page(found.filter(**said), request.GET.get("cursor"), company_day(timezone.now()))
    context = {
        "page": page,
        "links": {name: _with(request, cursor=getattr(page, name)) for name in ("previous", "next")},
        "chips": [_chip(request, *each) for each in CHIPS],
        "is_narrowed": bool(said or state),
    }
    return render(request, "billing/recurring_list.html", context)


@require_safe
@gate("billing.view")
def recurring(request: Request, pk: int) -> HttpResponse:
    """One of them: the days that come, and what was made."""
    found = find(RecurringInvoice.objects.select_related(*BESIDE), request, pk)
    return render(request, "billing/recurring.html", queries.page_of(found, request.user))


@require_safe
@gate("billing.view")
def recurring_timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of what happened."""
    found = find(RecurringInvoice.objects.all(), request, pk)
    entries = queries.timeline_of(found, request.GET.get("before"))
    return render(request, "deals/timeline.html", {"timeline": entries})


def _key(request: Request, name: str) -> int | None:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and int(said) < LARGEST_KEY else None


def _with(request: Request, **more: Any) -> str:
    said = request.GET.copy()
    for name, value in more.items():
        if not value:
            return ""
        said[name] = value
    return str(said.urlencode())


def _chip(request: Request, name: str, title: Any, icon: str) -> dict[str, Any]:
    said, is_on = request.GET.copy(), request.GET.get("state") == name
    for each in ("cursor", "state"):
        said.pop(each, None)
    if not is_on:
        said["state"] = name
    return {"title": title, "icon": icon, "url": f"?{said.urlencode()}", "is_on": is_on}
