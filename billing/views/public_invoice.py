"""What somebody outside opens by a link: one invoice and its PDF."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.documents import printing
from billing.documents.invoice_paper import paper_of
from billing.models import InvoiceLink, InvoiceOpening
from billing.views.invoice_paper import file_answer
from foundation.gate import gate
from users.models import User
from users.rate import address_of, is_too_many

A_MINUTE = 60


@require_safe
@never_cache
@gate.public
def open_invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The invoice in its own language; looked at without a session."""
    link = _found(request, token)
    if link is None:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    invoice, robot, now = link.invoice, User.objects.robot(), timezone.now()
    made = printing.asked(invoice, invoice.language, by=robot, at=now)
    link.note_opening(source=network_of(request), what=InvoiceOpening.What.PAGE, by=robot, at=now)
    known = dict(settings.LANGUAGES)
    with translation.override(invoice.language if invoice.language in known else "en"):
        context = {"paper": paper_of(invoice), "is_ready": made.is_ready, "token": token}
        return _unlisted(render(request, "billing/public_invoice.html", context))


@require_safe
@never_cache
@gate.public
def open_file(request: HttpRequest, token: str) -> HttpResponseBase:
    link = _found(request, token)
    if link is None:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    invoice, robot, now = link.invoice, User.objects.robot(), timezone.now()
    made = printing.asked(invoice, invoice.language, by=robot, at=now)
    if not made.is_ready:
        answer = render(request, "billing/public_wait.html", status=HTTPStatus.ACCEPTED)
        answer["Refresh"] = "3"
        return _unlisted(answer)
    link.note_opening(source=network_of(request), what=InvoiceOpening.What.FILE, by=robot, at=now)
    return _unlisted(file_answer(invoice, made, is_download=True))


def _found(request: HttpRequest, token: str) -> InvoiceLink | None:
    """None where too many came from there at once; 404 where the link opens nothing."""
    if is_too_many("invoice-link", address_of(request), most=A_MINUTE):
        return None
    link = InvoiceLink.found_by(token, timezone.now())
    if link is None:
        raise Http404
    return link


def network_of(request: HttpRequest) -> str:
    """Enough to tell one office from another, not who it was."""
    address = address_of(request)
    sign = ":" if ":" in address else "."
    kept = address.split(sign)[: 4 if sign == ":" else 3]
    return sign.join(kept)


def _unlisted(answer: HttpResponseBase) -> HttpResponse:
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer  # type: ignore[return-value]
