from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Account
from billing.queries.of_client import money_of
from foundation.gate import Request, find, gate


@require_safe
@gate("billing.view")
def client_money(request: Request, pk: int) -> HttpResponse:
    """What a client owes and has paid, fetched once its card is drawn."""
    account = find(Account.objects.all(), request, pk)
    return render(request, "billing/client_money.html", {"figures": money_of(account, request.user)})
