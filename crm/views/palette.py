"""What the palette keeps for a person: the records they opened, and those they pinned."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.errors import Refused
from foundation.gate import Request, gate
from users import recents
from users.finders import finder_of, finder_of_page

LONGEST_KEY = 18


@require_POST
@gate.signed_in
def opened(request: Request) -> HttpResponse:
    """The page of a record was opened, at the path the browser shows. Anything else is ignored."""
    try:
        match = resolve(request.POST.get("path", "")[:200])
    except Resolver404:
        match = None
    finder = finder_of_page(match.view_name) if match else None
    if match and finder and request.user.may(finder.gate):
        recents.note_opened(finder.key, match.kwargs["pk"], by=request.user, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
@gate.signed_in
def pin(request: Request) -> HttpResponse:
    """Pin or unpin; 422 with the reason where nine are pinned already."""
    kind, key = request.POST.get("kind", ""), request.POST.get("key", "")
    finder = finder_of(kind)
    if finder is None or not (key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY):
        raise Http404
    try:
        if request.POST.get("pinned") == "0":
            recents.unpin(kind, int(key), by=request.user)
        else:
            recents.pin(kind, int(key), by=request.user, at=timezone.now())
    except Refused as refusal:
        return HttpResponse(
            str(refusal.message), status=HTTPStatus.UNPROCESSABLE_ENTITY, content_type="text/plain"
        )
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    return (
        HttpResponse(status=HTTPStatus.NO_CONTENT) if getattr(request, "htmx", None) else redirect("search")
    )
