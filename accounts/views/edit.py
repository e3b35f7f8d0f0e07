from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.client_form import ClientForm
from accounts.duplicates.lookup import Duplicates
from accounts.duplicates.warning import accepted, like_client, must_be_shown
from accounts.merging.redirects import follows
from accounts.models import Account
from foundation.gate import Request, find, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
@follows("account")
def edit(request: Request, pk: int) -> HttpResponse:
    """Everything about a client. When somebody else was first, 409 with both versions and nothing typed lost."""
    account = find(Account.objects.select_related("parent"), request, pk, "accounts.change")
    client = ClientForm(request.user, request.POST if request.method == "POST" else None, account)
    duplicates = Duplicates()
    if request.method == "POST" and client.is_valid():
        duplicates = like_client(request.user, request.POST, account)
        is_clear = not must_be_shown(duplicates, request.POST)
        said = accepted(duplicates, request.POST)
        if is_clear and client.change(by=request.user, at=timezone.now(), accepted=said):
            messages.success(request, _("Saved."))
            return redirect(account)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if client.main.errors or duplicates else HTTPStatus.OK
    status = HTTPStatus.CONFLICT if client.is_stale else status
    context = {"client": client, "form": client.main, "account": account, "duplicates": duplicates}
    return render(request, "accounts/edit.html", context, status=status)
