"""Turns refusals that no form caught into an answer a person can read."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from foundation.errors import Forbidden, Refused, Stale
from foundation.rights import label_of


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Forbidden):
            context = {"verb": exception.verb, "right": label_of(exception.verb)}
            return render(request, "403.html", context, status=HTTPStatus.FORBIDDEN)
        if isinstance(exception, Refused):
            status = HTTPStatus.CONFLICT if isinstance(exception, Stale) else HTTPStatus.UNPROCESSABLE_ENTITY
            response = render(request, "refused.html", {"message": exception.message}, status=status)
            response["HX-Trigger"] = json.dumps({"toast": {"text": exception.message, "kind": "danger"}})
            if getattr(request, "htmx", None):
                response["HX-Reswap"] = "none"
            return response
        return None
