from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import AssignForm
from accounts.models import Account
from foundation.gate import Request, find, gate
from foundation.refusals import refused_into


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.assign")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give a client to another owner, or to nobody."""
    account = find(Account.objects.select_related("owner"), request, pk, "accounts.assign")
    sent = request.POST if request.method == "POST" else None
    form = AssignForm(sent, initial={"owner": account.owner_id}, person=request.user)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        with refused_into(form):
            account.assign(owner, by=request.user, at=timezone.now())
        if not form.errors:
            words = {"client": account.name, "owner": owner.name if owner else _("nobody")}
            messages.success(request, _("%(client)s now belongs to %(owner)s.") % words)
            return redirect(account)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/assign.html", {"form": form, "account": account}, status=status)
