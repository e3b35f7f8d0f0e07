"""What happens to a quote: sent, answered, written anew, invoiced, withdrawn, given to somebody else."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing import giving
from billing.invoice_forms import GiveForm, NothingForm, VersionForm
from billing.models import Quote, QuoteLink
from billing.queries.quote import objections_of, title_of
from billing.quote_forms import AcceptedForm, DeclinedForm, SendQuoteForm
from billing.views.quote_answers import address_of, done, form_page, found_quote
from deals.queries import words
from deals.views.answers import tried
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.gate import Request, gate
from foundation.once import once

USUAL = timedelta(days=14)
Verb = Callable[[dict[str, Any]], Any]


@gate("billing.issue")
def send(request: Request, pk: int) -> HttpResponse:
    """Its link is shown on its page then."""
    quote, now = found_quote(request, pk, "billing.issue"), timezone.now()
    first = {"version": quote.version, "valid_until": company_day(now) + USUAL}
    form = SendQuoteForm(request.POST or None, initial=first)

    def verb(said: dict[str, Any]) -> str:
        quote.send(valid_until=said["valid_until"], by=request.user, at=now, version=said["version"])
        return f"{quote.get_absolute_url()}#link"

    reasons, trouble = objections_of(quote)
    note = " ".join(reasons) or trouble or _(
        "It gets its number and a link for the client, and does not change any more: a change is a new version."
    )  # fmt: skip
    total = words.amount_text(quote.total, quote.currency)
    heading = _("Send to %(client)s") % {"client": quote.account.name}
    said = {"heading": heading, "button": _("Send for %(total)s") % {"total": total}, "note": note}
    return _asked(request, quote, form, verb, _("Sent. Copy the link and send it to the client."), **said)


@gate("billing.create")
def new_version(request: Request, pk: int) -> HttpResponse:
    quote = found_quote(request, pk, "billing.change")

    def verb(_said: dict[str, Any]) -> str:
        made = quote.new_version(by=request.user, at=timezone.now())
        return reverse("billing:quote_lines", args=[made.pk])

    note = _("The client may answer this one until the new version is sent. Then it is superseded, and kept.")
    said = {"heading": _("New version"), "button": _("Write it"), "note": note}
    return _asked(request, quote, NothingForm(request.POST or None), verb, _("A new version"), **said)


@gate("billing.issue")
def accepted(request: Request, pk: int) -> HttpResponse:
    """What the client said by telephone or on paper."""
    quote = found_quote(request, pk, "billing.issue")
    name = quote.contact.name if quote.contact else ""
    form = AcceptedForm(request.POST or None, initial={"name": name})

    def verb(said: dict[str, Any]) -> None:
        if not quote.accept(name=said["name"], by=request.user, at=timezone.now()):
            raise Refused(_("It was accepted already."))

    said = {"heading": _("The client accepts"), "button": _("Accepted")}
    return _asked(request, quote, form, verb, _("Accepted"), **said)


@gate("billing.issue")
def declined(request: Request, pk: int) -> HttpResponse:
    quote = found_quote(request, pk, "billing.issue")
    form = DeclinedForm(request.POST or None)

    def verb(said: dict[str, Any]) -> None:
        if not quote.decline(reason=said["reason"], by=request.user, at=timezone.now()):
            raise Refused(_("It was declined already."))

    said = {"heading": _("The client declines"), "button": _("Declined")}
    return _asked(request, quote, form, verb, _("Declined"), **said)


@gate("billing.create")
def to_invoice(request: Request, pk: int) -> HttpResponse:
    quote = found_quote(request, pk, "billing.change")

    def verb(_said: dict[str, Any]) -> str:
        invoice = quote.to_invoice(by=request.user, at=timezone.now())
        return invoice.get_absolute_url()

    note = _("A draft with the same lines and prices. You look it over before it is issued.")
    said = {"heading": _("Invoice"), "button": _("Draft the invoice"), "note": note}
    return _asked(request, quote, NothingForm(request.POST or None), verb, _("Drafted"), **said)


@gate("billing.change")
def withdraw(request: Request, pk: int) -> HttpResponse:
    quote = found_quote(request, pk, "billing.change")
    form = VersionForm(request.POST or None, initial={"version": quote.version})

    def verb(said: dict[str, Any]) -> None:
        quote.withdraw(by=request.user, at=timezone.now(), version=said["version"])

    note = _("Nobody can answer it any more. It stays to be seen.")
    said = {"heading": _("Withdraw"), "button": _("Withdraw"), "note": note}
    return _asked(request, quote, form, verb, _("Withdrawn"), **said)


@gate("billing.issue")
def renew_link(request: Request, pk: int) -> HttpResponse:
    quote = found_quote(request, pk, "billing.issue")

    def verb(_said: dict[str, Any]) -> str:
        QuoteLink.renew(quote, by=request.user, at=timezone.now())
        return f"{quote.get_absolute_url()}#link"

    note = _("The links there are open nothing any more. This cannot be taken back.")
    said = {"heading": _("New link"), "button": _("Make the link"), "note": note}
    return _asked(request, quote, NothingForm(request.POST or None), verb, _("The link is made."), **said)


@gate("billing.approve")
def give(request: Request, pk: int) -> HttpResponse:
    """To another owner; whoever had it keeps seeing it."""
    quote = found_quote(request, pk, "billing.approve")
    form = GiveForm(request.POST or None, person=request.user, initial={"owner": quote.owner_id})

    def verb(said: dict[str, Any]) -> None:
        giving.assign_quote(quote, said["owner"], by=request.user, at=timezone.now())

    said = {"heading": _("Give to somebody else"), "button": _("Give")}
    return _asked(request, quote, form, verb, _("Given"), **said)


def _asked(
    request: Request, quote: Quote, form: Any, verb: Verb, text: str, *, heading: str, **said: Any
) -> HttpResponse:
    """The form, or the verb once, which may say where to go on; refused, the form with what was typed."""
    status, went = None, []
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if sent.already:
                return redirect(sent.url)
            status = tried(form, lambda: went.append(verb(form.cleaned_data)))
            if status == HTTPStatus.OK:
                sent.url = went[0] or address_of(quote, request.user)
        if status == HTTPStatus.OK:
            return done(request, sent.url, text)
    title = f"{heading}: {title_of(quote)}"
    return form_page(request, form, quote, status=status, title=title, **said)
