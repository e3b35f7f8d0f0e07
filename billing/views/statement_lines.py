"""What a person decides about a line of a bank: an invoice, a client, or neither."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import StatementLine
from billing.payment_forms import VoidForm, WhoseForm
from billing.queries.statement import guesses_of
from billing.statement_forms import InvoiceForm
from deals.queries.words import amount_text
from deals.views.answers import form_page, tried, way_back
from foundation.gate import Request, find, gate
from foundation.once import once

BESIDE = ("statement__bank_account__legal_entity", "payment")


@gate("billing.receive")
def confirm(request: Request, pk: int) -> HttpResponse:
    """An invoice it pays: one press on the page of the statement, or another one chosen here."""
    line = _found(request, pk)
    entity = line.statement.bank_account.legal_entity
    offered = guesses_of([line], line.statement, request.user)[line.pk] if line.is_waiting else []
    first = {"version": line.version}
    form = InvoiceForm(
        _posted(request), person=request.user, legal_entity=entity, offered=offered, initial=first
    )

    def verb(said: dict[str, Any], **told: Any) -> None:
        line.confirm(said["invoice"], version=said["version"], **told)

    said = {"title": _("Which invoice does it pay?"), "button": _("Confirm")}
    return _asked(request, line, form, verb, _("Confirmed"), **said)


@gate("billing.receive")
def client(request: Request, pk: int) -> HttpResponse:
    line = _found(request, pk)
    first = {"version": line.version, "client": line.name}
    form = WhoseForm(_posted(request), person=request.user, initial=first)

    def verb(said: dict[str, Any], **told: Any) -> None:
        line.choose_client(said["account"], version=said["version"], **told)

    note = _("It settles nothing yet, and stays the client's until it is allocated.")
    said = {"title": _("Whose money is it?"), "button": _("Save"), "note": note}
    return _asked(request, line, form, verb, _("Its client is known now"), **said)


@gate("billing.receive")
def ignore(request: Request, pk: int) -> HttpResponse:
    line = _found(request, pk)
    form = VoidForm(_posted(request), initial={"version": line.version})

    def verb(said: dict[str, Any], **told: Any) -> None:
        line.ignore(reason=said["reason"], version=said["version"], **told)

    note = _("For what is no client's money: a loan, interest, a transfer of our own. Its payment is voided.")
    said = {"title": _("Ignore the line"), "button": _("Ignore"), "note": note}
    return _asked(request, line, form, verb, _("Ignored"), **said)


def _found(request: Request, pk: int) -> StatementLine:
    found: StatementLine = find(StatementLine.objects.select_related(*BESIDE), request, pk)
    return found


def _posted(request: Request) -> QueryDict | None:
    """What was sent; a button of the list says the version it saw in its address."""
    if request.method != "POST":
        return None
    said = request.POST.copy()
    said.setdefault("version", request.GET.get("version", ""))
    return said


def _asked(
    request: Request, line: StatementLine, form: Any, verb: Callable[..., None], text: str, **said: Any
) -> HttpResponse:
    """The form, or the verb once; refused, the form with what was typed."""
    status, back = None, way_back(request, line.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            told = {"by": request.user, "at": timezone.now()}
            status = tried(form, lambda: verb(form.cleaned_data, **told))
            if status == HTTPStatus.OK:
                sent.url = back
        if status == HTTPStatus.OK:
            messages.success(request, text)
            return redirect(back)
    said |= {"line": line, "amount": amount_text(line.amount, line.currency)}
    return form_page(request, form, status=status, template="billing/statement_line_form.html", **said)
