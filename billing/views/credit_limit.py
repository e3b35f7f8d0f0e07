from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.models import CreditLimit
from billing.payment_forms import CreditLimitForm
from billing.queries.of_client import limits_of
from deals.views.answers import form_page, tried, way_back
from foundation.clock import company_day
from foundation.gate import Request, find, gate
from foundation.once import once


@gate("billing.credit")
def credit_limit(request: Request, pk: int) -> HttpResponse:
    """How much the client may owe: what counts now, what counted before, and a new one."""
    account = find(Account.objects.all(), request, pk, "billing.credit")
    now = timezone.now()
    form, status = CreditLimitForm(request.POST or None, initial=_first(account, now)), None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            verb = partial(CreditLimit.put, account, **form.cleaned_data, by=request.user, at=now)
            status = tried(form, verb)
            if status == HTTPStatus.OK:
                sent.url = way_back(request, account.get_absolute_url())
        if status == HTTPStatus.OK:
            messages.success(request, _("The credit limit is set"))
            return redirect(sent.url)
    said: dict[str, Any] = {"account": account, "limits": limits_of(account)}
    said |= {"title": _("Credit limit"), "button": _("Set"), "template": "billing/credit_limit.html"}
    return form_page(request, form, status=status, **said)


def _first(account: Account, now: Any) -> dict[str, Any]:
    today = company_day(now)
    found = CreditLimit.objects.that_counts(account.pk, today).first()
    return {
        "amount": found.amount if found else None,
        "currency": found.currency if found else settings.BASE_CURRENCY,
        "valid_from": today,
    }
