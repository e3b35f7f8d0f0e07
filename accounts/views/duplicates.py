"""What is like the client or contact being typed: a fragment for above its form, and going on with the one there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import operations
from accounts.duplicates.lookup import Duplicates
from accounts.duplicates.typed import typed_points
from accounts.duplicates.warning import like_client, like_contact
from accounts.models import Account, Contact
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate

LONGEST_NAME = 150


@require_POST
@gate("accounts.create")
def duplicates(request: Request) -> HttpResponse:
    """Clients like the new one, as far as it is typed: mistakes are said when the form is sent."""
    return _panel(request, like_client(request.user, request.POST))


@require_POST
@gate("accounts.change")
def client_duplicates(request: Request, pk: int) -> HttpResponse:
    """Clients that the one being edited comes to resemble."""
    account = find(Account.objects.all(), request, pk, "accounts.change")
    return _panel(request, like_client(request.user, request.POST, account))


@require_POST
@gate("accounts.change")
def new_contact_duplicates(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, "accounts.change")
    return _panel(request, like_contact(request.user, request.POST, account))


@require_POST
@gate("accounts.change")
def contact_duplicates(request: Request, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    return _panel(request, like_contact(request.user, request.POST, contact.account, contact))


@require_POST
@gate("accounts.view")
def client_use(request: Request, pk: int) -> HttpResponse:
    """“Use this”: what was typed and is not there yet goes to the client that is there, as far as one may."""
    account, sent = find(Account.objects.all(), request, pk), request.POST
    added = 0
    if request.user.reaches(account, "accounts.change"):
        person = None
        if name := sent.get("contact_name", "").replace("\x00", "").strip():
            position = sent.get("contact_position", "").replace("\x00", "").strip()
            person = {"name": name[:LONGEST_NAME], "position": position[:120]}
        added = operations.use_client(account, typed_points(sent), person, by=request.user, at=timezone.now())
    _say(request, account.name, added)
    return redirect(account)


@require_POST
@gate("accounts.change")
def contact_use(request: Request, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    added = operations.use_contact(contact, typed_points(request.POST), by=request.user, at=timezone.now())
    _say(request, contact.name, added)
    return redirect(contact.account)


def _contact(request: Request, pk: int) -> Any:
    contact = find(Contact.objects.select_related("account"), request, pk)
    if not request.user.reaches(contact.account, "accounts.change"):
        raise Forbidden("accounts.change")
    return contact


def _panel(request: Request, found: Duplicates) -> HttpResponse:
    return render(request, "accounts/duplicates.html", {"duplicates": found})


def _say(request: Request, name: str, added: int) -> None:
    if added:
        words = ngettext(
            "Used %(name)s, which was there: %(n)s thing added.",
            "Used %(name)s, which was there: %(n)s things added.",
            added,
        )
    else:
        words = _("Used %(name)s, which was there: nothing new to add.")
    messages.success(request, words % {"name": name, "n": added})
