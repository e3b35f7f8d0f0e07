"""Deleting clients and their contacts: into the trash, with what goes along."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Account, Contact
from accounts.trash import DELETE
from changes.trash.asking import ask_or_put
from foundation.errors import Forbidden
from foundation.gate import Request, find, gate


@require_http_methods(["GET", "HEAD", "POST"])
@gate(DELETE)
def client_trash(request: Request, pk: int) -> HttpResponse:
    account = find(Account.objects.all(), request, pk, DELETE)
    return ask_or_put(request, account, back=account.get_absolute_url(), after=reverse("accounts:list"))


@require_http_methods(["GET", "HEAD", "POST"])
@gate(DELETE)
def contact_trash(request: Request, pk: int) -> HttpResponse:
    contact = find(Contact.objects.select_related("account"), request, pk)
    if not request.user.reaches(contact.account, DELETE):
        raise Forbidden(DELETE)
    card = contact.account.get_absolute_url()
    return ask_or_put(request, contact, back=card, after=card)
