"""Many runs that began together: looked at, and revoked."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from foundation.errors import Forbidden
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into
from processes import batches
from processes.forms import ReasonForm
from processes.models import Batch
from processes.queries import batch as queries
from processes.repairing import REPAIR
from processes.views.answers import sent_in


@gate("processes.work")
def batch(request: Request, pk: int) -> HttpResponse:
    """Revoked by POST with a reason, once; then it says how many could not be."""
    found = find(Batch.objects.select_related("process", "started_by", "revoked_by"), request, pk)
    form = ReasonForm(sent_in(request))
    if request.method == "POST":
        if not batches.may_revoke(request.user, found):
            raise Forbidden(REPAIR)
        if form.is_valid():
            with once(request) as sent, refused_into(form):
                if not sent.already:
                    batches.revoke(found, form.cleaned_data["reason"], by=request.user, at=timezone.now())
                    said = ngettext("%(n)d run revoked", "%(n)d runs revoked", found.revoked)
                    messages.success(request, said % {"n": found.revoked})
                sent.url = found.get_absolute_url()
            if not form.errors:
                return redirect(sent.url)
    context = {"form": form, **queries.page_of(found, request.user)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "processes/batch.html", context, status=status)
