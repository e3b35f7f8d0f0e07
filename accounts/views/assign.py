from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import reassigning
from accounts.models import Account
from accounts.reassign_form import ReassignForm
from foundation.gate import Request, find, gate
from foundation.refusals import refused_into


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.assign")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give a client to another owner, or to nobody, with what is open there."""
    account = find(Account.objects.select_related("owner"), request, pk, "accounts.assign")
    person, now = request.user, timezone.now()
    sent = request.POST if request.method == "POST" else None
    offered = reassigning.goes_along(account, by=person, at=now)
    form = ReassignForm(sent, initial={"owner": account.owner_id}, person=person, offered=offered)
    if request.method == "POST" and form.is_valid():
        owner = form.cleaned_data["owner"]
        with refused_into(form):
            made = reassigning.give("client", account, owner, along=form.chosen, by=person, at=now)
        if not form.errors:
            words = {"client": account.name, "owner": owner.name if owner else _("nobody")}
            undo = f"undo:{reverse('changes:undo', args=[made.pk])}" if made else ""
            messages.success(request, _("%(client)s now belongs to %(owner)s.") % words, extra_tags=undo)
            return redirect(account)
    people = reassigning.nearest(person, owner_id=account.owner_id, team_ids=account.team_ids)
    context = {"form": form, "account": account, "people": people}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/assign.html", context, status=status)
