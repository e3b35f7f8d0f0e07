from django.http import HttpResponse
from django.shortcuts import render

from billing.queries.payment import page_of
from billing.views.payment_answers import found_payment
from foundation.gate import Request, gate


@gate("billing.view_payments")
def payment(request: Request, pk: int) -> HttpResponse:
    """One payment: whose it is, what it settles, what is left of it."""
    return render(request, "billing/payment.html", page_of(found_payment(request, pk), request.user))
