"""What somebody outside opens by a link: one quote, to be accepted or declined."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from billing.documents.quote_paper import paper_of
from billing.models import QuoteLink, QuoteOpening, QuoteState
from billing.quote_forms import PublicAcceptForm, PublicDeclineForm
from billing.views.public_invoice import network_of
from deals.views.answers import tried
from foundation.gate import gate
from users.models import User
from users.rate import address_of, is_too_many

A_MINUTE, ANSWERS_A_MINUTE = 60, 10
ACCEPT, DECLINE = "accept", "decline"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.public
def quote_open(request: HttpRequest, token: str) -> HttpResponse:
    """The quote in its own language; looked at and answered without a session."""
    is_answer = request.method == "POST"
    most = ANSWERS_A_MINUTE if is_answer else A_MINUTE
    if is_too_many("quote-answer" if is_answer else "quote-link", address_of(request), most=most):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    now = timezone.now()
    link = QuoteLink.found_by(token, now)
    if link is None:
        raise Http404
    known, language = dict(settings.LANGUAGES), link.quote.language
    with translation.override(language if language in known else "en"):
        return _answered(request, link, now) if is_answer else _shown(request, link, now)


def _shown(request: HttpRequest, link: QuoteLink, now: datetime) -> HttpResponse:
    _note(request, link, QuoteOpening.What.PAGE, now)
    forms = {ACCEPT: PublicAcceptForm(prefix=ACCEPT), DECLINE: PublicDeclineForm(prefix=DECLINE)}
    return _page(request, link, now, forms)


def _answered(request: HttpRequest, link: QuoteLink, now: datetime) -> HttpResponse:
    """Back to the page, which says what was answered; a second time changes nothing."""
    quote, answer = link.quote, DECLINE if request.POST.get("answer") == DECLINE else ACCEPT
    accepts, declines = answer == ACCEPT, answer == DECLINE
    accept = PublicAcceptForm(request.POST if accepts else None, prefix=ACCEPT)
    decline = PublicDeclineForm(request.POST if declines else None, prefix=DECLINE)
    form: Any = accept if accepts else decline
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        said = form.cleaned_data
        if accepts:
            status = tried(form, lambda: quote.accept(name=said["name"], at=now))
        else:
            status = tried(form, lambda: quote.decline(reason=said["reason"], at=now))
    if status == HTTPStatus.OK:
        _note(request, link, QuoteOpening.What.ANSWER, now)
        return redirect(link.path)
    quote.refresh_from_db()
    return _page(request, link, now, {ACCEPT: accept, DECLINE: decline}, status)


def _page(
    request: HttpRequest, link: QuoteLink, now: datetime, forms: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    quote = link.quote
    newer = link.newer(now)
    is_expired = quote.state == QuoteState.EXPIRED or (quote.state == QuoteState.SENT and quote.is_over(now))
    context = {
        "quote": quote,
        "paper": paper_of(quote),
        "accept": forms[ACCEPT],
        "decline": forms[DECLINE],
        "may_answer": quote.may_be_answered(now),
        "is_expired": is_expired,
        "newer": newer.path if newer else "",
    }
    answer = render(request, "billing/public_quote.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    # To us alone: a browser that says nothing at all of where it comes from could not send the form.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _note(request: HttpRequest, link: QuoteLink, what: str, now: datetime) -> None:
    link.note_opening(source=network_of(request), what=what, by=User.objects.robot(), at=now)
