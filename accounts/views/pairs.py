"""Possible duplicates: what the search found, and what a person decides about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.duplicates.pairs import ORDER, SIZE, STATES, pairs_of, shown_pairs
from accounts.models import DuplicatePair, PairState
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate
from foundation.keyset import CappedCount, capped_count, keyset_page


@require_safe
@gate("accounts.view")
def pairs(request: Request) -> HttpResponse:
    """Pairs of clients this person both sees, likeliest first; `state` shows those decided to be two."""
    state = request.GET.get("state", "")
    state = state if state in STATES else PairState.NEW
    found = pairs_of(request.user, state)
    page = keyset_page(found, order=ORDER, cursor=request.GET.get("cursor"), size=SIZE)
    count = capped_count(found) if page.rows else CappedCount(0, True)
    context = {
        "rows": shown_pairs(page.rows),
        "state": state,
        "states": [(each.value, each.label, each == state) for each in STATES],
        "links": {
            "previous": urlencode({"state": state, "cursor": page.previous}) if page.previous else "",
            "next": urlencode({"state": state, "cursor": page.next}) if page.next else "",
        },
        "count_text": ngettext("%(count)s pair", "%(count)s pairs", count.n) % {"count": count.text},
        "may_change": request.user.may("accounts.change"),
    }
    return render(request, "accounts/pairs.html", context)


@require_POST
@gate("accounts.change")
def pair_dismiss(request: Request, pk: int) -> HttpResponse:
    """They are two."""
    pair = _found(request, pk)
    pair.dismiss(by=request.user, at=timezone.now())
    undo = reverse("accounts:pair_reconsider", args=[pair.pk])
    messages.success(request, _("Remembered: these are two clients."), extra_tags=f"undo:{undo}")
    return redirect("accounts:pairs")


@require_POST
@gate("accounts.change")
def pair_reconsider(request: Request, pk: int) -> HttpResponse:
    """They may be one after all."""
    pair = _found(request, pk)
    pair.reconsider(by=request.user, at=timezone.now())
    messages.success(request, _("Among the possible duplicates again."))
    return redirect("accounts:pairs")


def _found(request: Request, pk: int) -> DuplicatePair:
    """404 unless both clients are seen, 403 unless both may be changed."""
    pair: DuplicatePair = find(DuplicatePair.objects.select_related("first", "second"), request, pk)
    if not all(request.user.reaches(each, "accounts.change") for each in (pair.first, pair.second)):
        raise Forbidden("accounts.change")
    return pair
