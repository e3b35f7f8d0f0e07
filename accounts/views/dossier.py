"""What whoever takes over must know: of one client, or of a whole portfolio to print."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.handing_over import pages
from accounts.handing_over.dossier import dossiers as built
from accounts.models import Account, HandOver
from foundation.gate import Request, find, gate
from users.models import User


@require_safe
@gate("accounts.view")
def dossier(request: Request, pk: int) -> HttpResponse:
    """One client, as it was handed over last."""
    account = find(Account.objects.all(), request, pk)
    part = pages.last_part(account)
    if part is None:
        raise Http404
    found = built([account], {account.pk: part.to.name}, request.user, timezone.now())
    context = {"hand_over": part.hand_over, "dossiers": found, "account": account}
    return render(request, "accounts/dossiers.html", context)


@require_safe
@gate("accounts.view")
def dossiers(request: Request, pk: int) -> HttpResponse:
    """All clients of a hand-over that the reader sees, a few a page; `to` narrows it to one receiver."""
    hand_over = find(HandOver.objects.select_related("person", "change_set"), request, pk)
    said = request.GET.get("to", "")
    to = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    found, page = pages.dossier_page(hand_over, to, request.GET.get("cursor"), request.user, timezone.now())
    narrowed = {"to": to} if to is not None else {}
    context = {
        "hand_over": hand_over,
        "dossiers": found,
        "to": to,
        "people": User.objects.filter(pk__in=hand_over.receivers).order_by("sort_key", "pk"),
        "links": {
            "previous": urlencode(narrowed | {"cursor": page.previous}) if page.previous else "",
            "next": urlencode(narrowed | {"cursor": page.next}) if page.next else "",
        },
    }
    return render(request, "accounts/dossiers.html", context)
