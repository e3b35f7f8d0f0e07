from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from deals.forms import DealForm, clients_like
from deals.models import Deal
from deals.views.answers import form_page, tried
from foundation.gate import gate
from foundation.once import once

ASKED = (
    *("title", "stage", "account", "amount", "currency", "expected_close_on"),
    *("next_step", "next_step_on", "custom"),
)


@gate("deals.create")
def create(request: HttpRequest) -> HttpResponse:
    """A new deal, owned by whoever opens it. Sent twice, it is opened once."""
    form = DealForm(request.POST or None, person=request.user, initial=_first_values(request))
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            opened: list[Deal] = []
            status = tried(form, lambda: opened.append(_open(form, by=request.user)))
            sent.url = opened[0].get_absolute_url() if opened else ""
        if status == HTTPStatus.OK:
            messages.success(request, _("Deal opened: %(title)s") % {"title": opened[0].title})
            return redirect(sent.url)
    return form_page(
        request,
        form,
        title=_("New deal"),
        button=_("Open deal"),
        status=status,
        template="deals/deal_form.html",
    )


@gate("deals.view")
def clients(request: HttpRequest) -> HttpResponse:
    """Clients like the letters typed, as choices of the form."""
    query = request.GET.get("client", "").replace("\x00", "").strip()
    found = clients_like(request.user, query) if query else []
    return render(request, "deals/client_field.html#choices", {"offered": found, "query": query})


def _open(form: DealForm, *, by: Any) -> Deal:
    said = form.cleaned_data | form.changes()
    return Deal.create(**{name: said[name] for name in ASKED}, owner=by, by=by, at=timezone.now())


def _first_values(request: HttpRequest) -> dict[str, Any]:
    first: dict[str, Any] = {"currency": settings.BASE_CURRENCY}
    for name in ("account", "stage"):
        said = request.GET.get(name, "")
        if said.isascii() and said.isdigit() and len(said) < 19:
            first[name] = int(said)
    if "account" in first:
        account = Account.objects.visible_to(request.user).filter(pk=first.pop("account")).first()
        if account is not None:
            first |= {"account": account.pk, "client": account.name}
    return first
