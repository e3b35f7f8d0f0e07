"""A client's card: who they are, what happened, who works there and what upper rooms show beside it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.card import (
    accounts_for_card,
    cells_at,
    completeness_of,
    history,
    identity,
    panels_of,
    people_of,
)
from accounts.custom.shown import shown_fields
from accounts.merging.redirects import follows
from accounts.models import Account
from changes.trash.found import says_when_trashed
from foundation.errors import Refused
from foundation.gate import Request, find, gate

LONGEST_CURSOR = 100


@require_safe
@gate("accounts.view")
@says_when_trashed("client")
@follows("account")
def card(request: Request, pk: int) -> HttpResponse:
    account = find(accounts_for_card(request.user), request, pk)
    contacts, points, there = people_of(account)
    known = identity(account, request.user.language)
    context = {
        "account": account,
        "identity": known,
        "completeness": completeness_of(account, there, known),
        "custom": shown_fields(account, request.user),
        **panels_of(account),
        "contacts": contacts,
        "points": points,
        "history": history(account, only=request.GET.get("only", "")),
        "may_change": request.user.reaches(account, "accounts.change"),
        "may_assign": request.user.reaches(account, "accounts.assign"),
        "may_delete": request.user.reaches(account, "accounts.delete"),
        "cells_at": cells_at(account, request.user),
    }
    return render(request, "accounts/card.html", context)


@require_safe
@gate("accounts.view")
@follows("account")
def timeline(request: Request, pk: int) -> HttpResponse:
    """Older events: the next piece of the card's timeline, or a page of it without JavaScript."""
    account = find(Account.objects.all(), request, pk)
    before, said = request.GET.get("before", ""), request.GET.get("said", "")
    if len(before) > LONGEST_CURSOR or "\x00" in before:
        raise Refused(_("This link to older events no longer works. Open the client and go on from there."))
    context = {"account": account, "history": history(account, before, said, request.GET.get("only", ""))}
    part = "accounts/timeline_entries.html" if before else "accounts/timeline_part.html"
    return render(request, part if request.htmx else "accounts/timeline.html", context)
