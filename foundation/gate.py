"""The gate on every door: may this person do this at all, and to this record?"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from foundation.errors import Forbidden
from foundation.rights import all_rights

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=Model)


class Request(HttpRequest):
    """For annotations: a request past the gate, whose person is signed in, as the middleware left it."""

    user: Any
    htmx: Any


class Gate:
    """`@gate("deals.move")`, `@gate.signed_in` or `@gate.public`; the house test refuses a view with none."""

    def __call__(self, verb: str) -> Callable[[View], View]:
        def guard(view: View) -> View:
            return self._guarded(view, verb)

        return guard

    def signed_in(self, view: View) -> View:
        return self._guarded(view, None)

    def public(self, view: View) -> View:
        view.gate = "public"  # type: ignore[attr-defined]
        return view

    def _guarded(self, view: View, verb: str | None) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if verb is not None and not request.user.may(verb):  # type: ignore[union-attr]
                raise Forbidden(verb)
            return view(request, *args, **kwargs)

        guarded.gate = verb or "signed_in"  # type: ignore[attr-defined]
        return guarded


gate = Gate()


def find(queryset: Any, request: HttpRequest, pk: int, verb: str | None = None) -> Any:
    """The record, if the person may see it (else 404) and, when a verb is named, do that to it (else 403)."""
    if (record := queryset.visible_to(request.user).filter(pk=pk).first()) is None:
        raise Http404
    if verb is not None and not request.user.reaches(record, verb):  # type: ignore[union-attr]
        raise Forbidden(verb)
    return record


def known(verb: str) -> bool:
    return verb in {"public", "signed_in"} or verb in all_rights()


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None):
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        response["X-Sign-In"] = resolve_url(settings.LOGIN_URL)
        return response
    return redirect_to_login(request.get_full_path())
