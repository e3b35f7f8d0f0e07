from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Account
from deals.queries.of_client import money_of
from foundation.gate import Request, find, gate


@require_safe
@gate("deals.view")
def client_money(request: Request, pk: int) -> HttpResponse:
    """What a client's deals come to, fetched once its card is drawn."""
    account = find(Account.objects.all(), request, pk)
    return render(request, "deals/client_money.html", {"figures": money_of(account, request.user)})
