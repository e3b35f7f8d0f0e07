"""How the views of payments answer: the payment found, a form page, the way on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from billing.models import Payment
from deals.views.answers import form_page as page_of_form
from foundation.gate import find

BESIDE = ("account", "legal_entity", "bank_account", "created_by", "voided_by", "returns")


def found_payment(request: HttpRequest, pk: int, verb: str | None = None) -> Payment:
    """404 where it is not seen, 403 where the verb does not reach it."""
    payment: Payment = find(Payment.objects.select_related(*BESIDE), request, pk, verb)
    return payment


def done(payment: Payment, request: Any, text: str) -> HttpResponse:
    """To the payment; to the list where it is no more the person's to see."""
    messages.success(request, text)
    return redirect(address(payment, request.user))


def address(payment: Payment, person: Any) -> str:
    if person.reaches(payment, "billing.view_payments"):
        return payment.get_absolute_url()
    return reverse("billing:payments")


def form_page(
    request: HttpRequest, form: Any, *, payment: Payment | None = None, **said: Any
) -> HttpResponse:
    said.setdefault("template", "billing/payment_form.html")
    return page_of_form(request, form, payment=payment, **said)
