"""What happens to an invoice that comes again: begun, changed, stopped, gone on with, a day tried once more."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import RecurringInvoice
from billing.queries.invoice import title_of
from billing.recurring import make_again
from billing.recurring_forms import ChangeRecurringForm, RepeatForm, SeenForm, StopForm, first_of, said_of
from billing.views.answers import found_invoice
from billing.views.recurring import BESIDE
from deals.views.answers import form_page, tried
from foundation.clock import company_day
from foundation.gate import Request, find, gate
from foundation.once import once

TEMPLATE = "billing/recurring_form.html"


@gate("billing.create")
def repeat(request: Request, pk: int) -> HttpResponse:
    """An invoice, again on days to come."""
    invoice = found_invoice(request, pk, "billing.change")
    now = timezone.now()
    form = RepeatForm(request.POST or None, initial=first_of(invoice, company_day(now)))

    def verb() -> RecurringInvoice:
        return RecurringInvoice.repeat(invoice, **form.days_said, by=request.user, at=now)

    said = {"title": _("Repeat the invoice"), "button": _("Repeat"), "record": invoice}
    note = _("%(invoice)s stays as it is. Its lines and header are said again on the days to come.")
    said["note"] = note % {"invoice": title_of(invoice)}
    return _asked(request, form, verb, _("It repeats from now on"), **said)


@gate("billing.change")
def change(request: Request, pk: int) -> HttpResponse:
    found = _found(request, pk)
    first = {name: getattr(found, name) for name in ("title", "starts_on", "ends_on", "mode", "payment_days")}
    first |= {**said_of(found.rule), "version": found.version}
    form = ChangeRecurringForm(request.POST or None, recurring=found, person=request.user, initial=first)

    def verb() -> RecurringInvoice:
        version = form.cleaned_data["version"]
        found.change(form.changes(), version=version, by=request.user, at=timezone.now())
        return found

    said = {"title": _("Change the recurring invoice"), "button": _("Save"), "record": found}
    said["note"] = _("Another rule counts from its first day on. What was made stays as it is.")
    return _asked(request, form, verb, _("Saved"), **said)


@gate("billing.change")
def stop(request: Request, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = StopForm(request.POST or None, initial={"version": found.version})

    def verb() -> RecurringInvoice:
        found.stop(**form.cleaned_data, by=request.user, at=timezone.now())
        return found

    said = {"title": _("Stop the recurring invoice"), "button": _("Stop"), "record": found}
    said["note"] = _("Nothing is made until somebody lets it go on; the days between are left out.")
    return _asked(request, form, verb, _("Stopped"), **said)


@gate("billing.change")
def go_on(request: Request, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = SeenForm(request.POST or None, initial={"version": found.version})

    def verb() -> RecurringInvoice:
        found.go_on(**form.cleaned_data, by=request.user, at=timezone.now())
        return found

    said = {"title": _("Let it go on"), "button": _("Go on"), "record": found}
    said["note"] = _("From its next day on. The days it was stopped are left out.")
    return _asked(request, form, verb, _("It repeats again"), **said)


@gate("billing.change")
def again(request: Request, pk: int, run_pk: int) -> HttpResponse:
    """A day that was refused."""
    found = _found(request, pk)
    run = get_object_or_404(found.runs, pk=run_pk)
    form = SeenForm(request.POST or None, initial={"version": found.version})

    def verb() -> RecurringInvoice:
        make_again(run, by=request.user, at=timezone.now())
        return found

    said = {"title": _("Try again"), "button": _("Make the invoice"), "record": found, "note": run.refusal}
    return _asked(request, form, verb, _("The invoice is made"), **said)


def _found(request: Request, pk: int) -> RecurringInvoice:
    mine = RecurringInvoice.objects.select_related(*BESIDE)
    found: RecurringInvoice = find(mine, request, pk, "billing.change")
    return found


def _asked(
    request: Request, form: Any, verb: Callable[[], RecurringInvoice], text: str, **said: Any
) -> HttpResponse:
    """The form, or the verb once; refused, the form with what was typed."""
    status, done = None, list[RecurringInvoice]()
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: done.append(verb()))
            if status == HTTPStatus.OK:
                sent.url = done[0].get_absolute_url()
        if status == HTTPStatus.OK:
            messages.success(request, text)
            return redirect(sent.url)
    return form_page(request, form, status=status, template=TEMPLATE, **said)
