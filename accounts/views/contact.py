"""The people at a client: adding and changing one, with the ways to reach them."""

from functools import partial
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
from accounts.duplicates.lookup import Duplicates
from accounts.duplicates.warning import accepted, like_contact, must_be_shown
from accounts.forms import ContactForm
from accounts.merging.redirects import follows
from accounts.models import Account, Contact
from changes.trash.found import says_when_trashed
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate
from foundation.once import once
from foundation.refusals import refused_into
from lists.three_way import BOTH, Merging

FIRST_ROWS = [{"kind": "phone"}, {"kind": "email"}]


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
def contact_create(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, "accounts.change")
    is_sent = request.method == "POST"
    form = ContactForm(request.POST if is_sent else None, person=request.user)
    points = rows("points", request.POST if is_sent else None, FIRST_ROWS)
    found = Duplicates()
    if is_sent:
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            if _are_valid(form, points):
                found = like_contact(request.user, request.POST, account)
                if not must_be_shown(found, request.POST):
                    with refused_into(form):
                        operations.add_contact(account, form.plain(), points.filled(), **_by(request, found))
                        sent.url = account.get_absolute_url()
        if sent.url:
            messages.success(request, _("Contact added: %(who)s") % {"who": form.cleaned_data["name"]})
            return redirect(sent.url)
    return _answer(request, form, points, found, account=account)


@require_http_methods(["GET", "HEAD", "POST"])
@gate("accounts.change")
@says_when_trashed("contact")
@follows("contact")
def contact_edit(request: Request, pk: int) -> HttpResponse:
    contact = find(Contact.objects.select_related("account"), request, pk)
    if not request.user.reaches(contact.account, "accounts.change"):
        raise Forbidden("accounts.change")
    is_sent = request.method == "POST"
    kept = point_rows(contact.points.all())
    blank = partial(ContactForm, instance=contact, person=request.user)
    merging = Merging(request.POST if is_sent else None, blank, contact.version, rows={"points": kept})
    form, points = blank(merging.data), rows("points", merging.data, kept)
    found = Duplicates()
    if is_sent and _are_valid(form, points, merging):
        found = like_contact(request.user, request.POST, contact.account, contact)
        if not must_be_shown(found, request.POST):
            with refused_into(form):
                said = {"version": form.cleaned_data["version"], **_by(request, found)}
                operations.change_contact(contact, form.plain(), points.filled(), **said)
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect(contact.account)
    context = {"contact": contact, "merging": merging, "original": merging.original(blank())}
    context["may_delete"] = request.user.reaches(contact.account, "accounts.delete")
    return _answer(request, form, points, found, account=contact.account, **context)


def _are_valid(form: ContactForm, points: RowSet, merging: Merging | None = None) -> bool:
    """Mistakes in rows are said above the form too, where the focus goes; what both changed is asked about."""
    are_valid = [form.is_valid(), points.is_valid()]
    for mistake in points.mistakes():
        form.add_error(None, mistake)
    if merging is not None and merging.conflicts:
        form.add_error(None, BOTH)
    return all(are_valid) and not form.errors


def _by(request: Request, found: Duplicates) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now(), "accepted": accepted(found, request.POST)}


def _answer(
    request: Request, form: ContactForm, points: RowSet, found: Duplicates, **context: Any
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or found else HTTPStatus.OK
    if "merging" in context and context["merging"].conflicts:
        status = HTTPStatus.CONFLICT
    context |= {"form": form, "points": points, "duplicates": found}
    return render(request, "accounts/contact.html", context, status=status)
