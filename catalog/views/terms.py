"""A client's prices: the terms that were agreed, its level and its points."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from catalog.models import PointsEntry, PriceTerms
from catalog.queries import terms as queries
from catalog.term_forms import PointsForm, TermsForm
from foundation.clock import company_day
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into


@require_safe
@gate("catalog.view")
def terms(request: Request, pk: int) -> HttpResponse:
    account, today = _found(request, pk), company_day(timezone.now())
    context = {
        "account": account,
        "prices": queries.prices_of(pk, today),
        "rows": queries.terms_rows(pk, today),
        "movements": queries.movements(pk, today),
        "may_change": request.user.may("catalog.change_prices"),
    }
    return render(request, "catalog/terms.html", context)


@require_safe
@gate("catalog.view")
def terms_panel(request: Request, pk: int) -> HttpResponse:
    """Fetched once the card is drawn."""
    account = _found(request, pk)
    prices = queries.prices_of(pk, company_day(timezone.now()))
    return render(request, "catalog/panel_terms.html", {"account": account, "prices": prices})


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.change_prices")
def terms_agree(request: Request, pk: int) -> HttpResponse:
    account, today = _found(request, pk), company_day(timezone.now())
    now = PriceTerms.in_force(pk, today)
    first: dict[str, Any] = {"valid_from": today, "percent": f"{now.percent.normalize():f}" if now else 0}
    first |= {"price_list": now.price_list_id} if now else {}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=first)

    def verb() -> None:
        PriceTerms.agree(account, **form.cleaned_data, by=request.user, at=timezone.now())

    said = {"title": _("New price terms"), "button": _("Agree"), "saved": _("The terms are kept.")}
    return _asked(request, account, form, verb, **said)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("catalog.change_prices")
def points_move(request: Request, pk: int) -> HttpResponse:
    account = _found(request, pk)
    form = PointsForm(request.POST if request.method == "POST" else None)

    def verb() -> None:
        PointsEntry.move(account, **form.cleaned_data, by=request.user, at=timezone.now())

    said = {"title": _("Give or take points"), "button": _("Save"), "saved": _("Saved.")}
    return _asked(request, account, form, verb, **said)


def _found(request: Request, pk: int) -> Account:
    """Whose prices they are is known to those who see the client."""
    account: Account = find(Account.objects.all(), request, pk)
    return account


def _asked(
    request: Request, account: Account, form: Any, verb: Callable[[], None], *, saved: str, **said: str
) -> HttpResponse:
    url = reverse("catalog:terms", args=[account.pk])
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                with refused_into(form):
                    verb()
                    sent.url = url
        if sent.url:
            messages.success(request, saved)
            return redirect(sent.url)
    context = {"account": account, "form": form, **said}
    return render(request, "catalog/terms_form.html", context, status=422 if form.errors else 200)
