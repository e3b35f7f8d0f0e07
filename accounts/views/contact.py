"""The people at a client: adding and changing one, with the ways to reach them."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import operations
from accounts.client_form import RowSet, point_rows, rows
from accounts.forms import ContactForm
from accounts.models import Account, Contact
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into

FIRST_ROWS = [{"kind": "phone"}, {"kind": "email"}]


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def contact_create(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, "accounts.change")
    is_sent = request.method == "POST"
    form = ContactForm(request.POST if is_sent else None)
    points = rows("points", request.POST if is_sent else None, FIRST_ROWS)
    if is_sent:
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            if _are_valid(form, points):
                with refused_into(form):
                    operations.add_contact(
                        account, form.cleaned_data, points.filled(), by=request.user, at=timezone.now()
                    )
                    sent.url = account.get_absolute_url()
        if sent.url:
            messages.success(request, _("Contact added: %(who)s") % {"who": form.cleaned_data["name"]})
            return redirect(sent.url)
    return _answer(request, form, points, account=account)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def contact_edit(request: Request, pk: int) -> HttpResponse:
    contact = find(Contact.objects.select_related("account"), request, pk)
    if not request.user.reaches(contact.account, "accounts.change"):
        raise Forbidden("accounts.change")
    is_sent = request.method == "POST"
    form = ContactForm(request.POST if is_sent else None, instance=contact)
    points = rows("points", request.POST if is_sent else None, point_rows(contact.points.all()))
    if is_sent and _are_valid(form, points):
        with refused_into(form):
            operations.change_contact(
                contact, form.cleaned_data, points.filled(), by=request.user, at=timezone.now()
            )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect(contact.account)
    return _answer(request, form, points, account=contact.account, contact=contact)


def _are_valid(form: ContactForm, points: RowSet) -> bool:
    """Mistakes in rows are said above the form too, where the focus goes."""
    are_valid = [form.is_valid(), points.is_valid()]
    for mistake in points.mistakes():
        form.add_error(None, mistake)
    return all(are_valid)


def _answer(request: Request, form: ContactForm, points: RowSet, **context: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(
        request, "accounts/contact.html", {"form": form, "points": points, **context}, status=status
    )
