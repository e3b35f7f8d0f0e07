"""Adding a client: the few first fields as a dialog from anywhere, or the whole form; duplicates are shown first."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.client_form import ClientForm
from accounts.duplicates.lookup import Duplicates
from accounts.duplicates.warning import Accepted, accepted, like_client, must_be_shown
from accounts.forms import QuickAccountForm
from accounts.models import Account
from accounts.models.account import Kind
from foundation.gate import Request, gate
from foundation.once import once
from foundation.refusals import refused_into

QUICK_FIELDS = ("name", "kind", "role", "phone", "email", "source")


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.create")
def create(request: Request) -> HttpResponse:
    """The few fields a client begins with."""
    form = QuickAccountForm(request.POST if request.method == "POST" else None, initial=_typed(request.GET))
    duplicates = Duplicates()
    if request.method == "POST":
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            if form.is_valid():
                duplicates = like_client(request.user, request.POST)
                if not must_be_shown(duplicates, request.POST):
                    with refused_into(form):
                        account = _add(form, request.user, accepted(duplicates, request.POST))
                        sent.url = _where_next(request, account)
            if sent.url:
                messages.success(request, _("Client added: %(name)s") % {"name": account.name})
                return redirect(sent.url)
    context = {
        "form": form,
        "duplicates": duplicates,
        "back": request.POST.get("back") or _came_from(request),
    }
    return render(request, "accounts/create.html", context, status=_status(form, duplicates))


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.create")
def create_full(request: Request) -> HttpResponse:
    """Every field at once; `continue` brings what was typed into the quick form."""
    goes_on = "continue" in request.POST
    if request.method != "POST" or goes_on:
        begun = _typed(request.POST) if goes_on else {}
        begun |= {"roles": [begun["role"]]} if "role" in begun else {}
        return _whole(request, ClientForm(request.user, begun=begun), Duplicates())
    client, duplicates, account = ClientForm(request.user, request.POST), Duplicates(), None
    with once(request) as sent:
        if sent.already:
            return redirect(sent.url)
        if client.is_valid():
            duplicates = like_client(request.user, request.POST)
            if not must_be_shown(duplicates, request.POST):
                account = client.create(
                    by=request.user, at=timezone.now(), accepted=accepted(duplicates, request.POST)
                )
            if account:
                sent.url = account.get_absolute_url()
                messages.success(request, _("Client added: %(name)s") % {"name": account.name})
                return redirect(sent.url)
    return _whole(request, client, duplicates)


def _add(form: QuickAccountForm, person: Any, said: Accepted | None) -> Account:
    typed = form.cleaned_data
    fields = {name: typed[name] for name in ("name", "kind", "source")} | {"roles": [typed["role"]]}
    contact = None
    if typed["contact_name"] and typed["kind"] == Kind.ORGANISATION:
        contact = {"name": typed["contact_name"], "position": typed["contact_position"]}
    whose = "contact_points" if contact else "points"
    found: dict[str, Any] = {whose: form.points()}
    return operations.add_client(
        fields, contact=contact, accepted=said, by=person, at=timezone.now(), **found
    )


def _whole(request: Request, client: ClientForm, found: Duplicates) -> HttpResponse:
    context = {"client": client, "form": client.main, "duplicates": found}
    return render(request, "accounts/create_full.html", context, status=_status(client.main, found))


def _status(form: Any, found: Duplicates) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or found else HTTPStatus.OK


def _typed(sent: Any) -> dict[str, Any]:
    """Values another form or a link brings along."""
    return {name: sent[name][:300] for name in QUICK_FIELDS if sent.get(name)}


def _where_next(request: Request, account: Account) -> str:
    """“Save” goes back to where the dialog was opened, “Save and open” to the card."""
    back = request.POST.get("back", "")
    if request.POST.get("then") == "back" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return back[:500]
    return account.get_absolute_url()


def _came_from(request: Request) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()})
    return before if is_ours and request.path not in before else reverse("accounts:list")
