"""What happens to a payment: whose it is, releasing, paying back, voiding."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import Payment
from billing.payment_forms import PayBackForm, ReleaseForm, VoidForm, WhoseForm
from billing.queries.payment import standing_choices
from billing.views.payment_answers import address, done, form_page, found_payment
from deals.views.answers import tried
from foundation.clock import company_day
from foundation.gate import Request, gate
from foundation.once import once


@gate("billing.receive")
def whose(request: Request, pk: int) -> HttpResponse:
    payment = found_payment(request, pk, "billing.receive")
    first = {"version": payment.version, "client": payment.payer_name}
    form = WhoseForm(request.POST or None, person=request.user, initial=first)

    def verb(said: dict[str, Any]) -> None:
        payment.tell_whose(said["account"], by=request.user, at=timezone.now(), version=said["version"])

    said = {"title": _("Whose is this payment?"), "button": _("Save")}
    return _asked(request, payment, form, verb, _("Its client is known now"), **said)


@gate("billing.receive")
def release(request: Request, pk: int) -> HttpResponse:
    payment = found_payment(request, pk, "billing.receive")
    offered = standing_choices(payment)
    chosen = [key for key, _label in offered if request.GET.get("allocation") in (None, str(key))]
    first = {"version": payment.version, "allocations": chosen}
    form = ReleaseForm(request.POST or None, offered=offered, initial=first)

    def verb(said: dict[str, Any]) -> None:
        payment.release(said["allocations"], by=request.user, at=timezone.now(), version=said["version"])

    said = {"title": _("Release the payment"), "button": _("Release")}
    return _asked(request, payment, form, verb, _("Released: it is due again"), **said)


@gate("billing.receive")
def pay_back(request: Request, pk: int) -> HttpResponse:
    payment = found_payment(request, pk, "billing.receive")
    today = company_day(timezone.now())
    first = {"version": payment.version, "amount": payment.unallocated, "paid_on": today}
    form = PayBackForm(request.POST or None, initial=first)

    def verb(said: dict[str, Any]) -> None:
        paid_on, version = said["paid_on"], said["version"]
        payment.pay_back(said["amount"], paid_on=paid_on, by=request.user, at=timezone.now(), version=version)

    said = {"title": _("Pay back"), "button": _("Pay back")}
    return _asked(request, payment, form, verb, _("Paid back"), **said)


@gate("billing.receive")
def void(request: Request, pk: int) -> HttpResponse:
    payment = found_payment(request, pk, "billing.receive")
    form = VoidForm(request.POST or None, initial={"version": payment.version})

    def verb(said: dict[str, Any]) -> None:
        payment.void(reason=said["reason"], by=request.user, at=timezone.now(), version=said["version"])

    said = {"title": _("Void the payment"), "button": _("Void")}
    note = _("It will count no more, and what it settled is due again. It stays to be seen.")
    return _asked(request, payment, form, verb, _("Voided"), note=note, **said)


def _asked(
    request: Request, payment: Payment, form: Any, verb: Callable[..., None], text: str, **said: Any
) -> HttpResponse:
    """The form, or the verb once; refused, the form with what was typed."""
    status = None
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: verb(form.cleaned_data))
            if status == HTTPStatus.OK:
                sent.url = address(payment, request.user)
        if status == HTTPStatus.OK:
            return done(payment, request, text)
    return form_page(request, form, payment=payment, status=status, **said)
