"""Filling in what is missing: five of one's own clients at a time; and how complete a team's clients are."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.completeness.fixing import FixForm, averages, lacking, least_complete, to_fix
from accounts.models import Account
from foundation.errors import Forbidden
from foundation.gate import Request, gate
from foundation.refusals import refused_into


@require_safe
@gate("accounts.change")
def fix(request: Request) -> HttpResponse:
    """Five of the person's own clients that lack most, each with its missing fields."""
    keys = least_complete(request.user)
    found = {account.pk: account for account in to_fix(request.user).filter(pk__in=keys)}
    cards = [_card(request, found[key]) for key in keys if key in found]
    context = {"cards": [card for card in cards if card["missing"]], "has_more": len(keys) > 0}
    return render(request, "accounts/fix.html", context)


@require_POST
@gate("accounts.change")
def fix_one(request: Request, pk: int) -> HttpResponse:
    """One client's missing fields, saved on their own: the others on the page keep what is typed into them."""
    account = to_fix(request.user).visible_to(request.user, "accounts.change").filter(pk=pk).first()
    if account is None:
        raise Http404
    card = _card(request, account, request.POST)
    form = card["form"]
    if form.is_valid():
        with refused_into(form):
            form.save_to(account, by=request.user, at=timezone.now())
    if form.errors:
        template = "accounts/fix.html#one" if request.htmx else "accounts/fix.html"
        context = {**card, "cards": [card]}
        return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    after = lacking(to_fix(request.user).get(pk=pk), request.user)
    if not request.htmx:
        words = {"client": account.name, "score": after.score}
        messages.success(request, _("%(client)s is %(score)s %% complete now.") % words)
        return redirect("accounts:fix")
    said = request.POST.get("left", "")
    left = max(int(said) - 1, 0) if said.isascii() and said.isdigit() and len(said) < 3 else 0
    context = {"account": account, "before": card["score"], "after": after.score, "left": left}
    return render(request, "accounts/fix.html#fixed", context)


@require_safe
@gate("accounts.view")
def team_completeness(request: Request) -> HttpResponse:
    """The average of each colleague whose clients this person sees, with the clients behind it."""
    if request.user.reach("accounts.view").is_empty:
        raise Forbidden("accounts.view")
    here = reverse("accounts:list")
    rows = [
        {**row, "url": f"{here}?owner={row['owner']}", "low_url": f"{here}?owner={row['owner']}&complete=low"}
        for row in averages(request.user)
    ]
    clients = sum(row["clients"] for row in rows)
    whole = round(sum(row["average"] * row["clients"] for row in rows) / clients) if clients else None
    context = {"rows": rows, "average": whole, "clients": clients}
    return render(request, "accounts/team_completeness.html", context)


def _card(request: Request, account: Account, sent: Any = None) -> dict[str, Any]:
    now = lacking(account, request.user)
    names = [each.field for each in now.missing]
    form = FixForm(sent, instance=account, person=request.user, missing=names, prefix=f"client{account.pk}")
    elsewhere = [each for each in now.missing if each.field in ("address", "tax_number")]
    return {
        "account": account, "form": form, "score": now.score, "missing": now.missing, "elsewhere": elsewhere,
    }  # fmt: skip
