"""What the house says when it will not do something."""

import sys
from http import HTTPStatus

import psycopg2
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _


class Refused(Exception):
    """An expected refusal; the message is a sentence a customer could read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Stale(Refused):
    """Somebody else changed the record first; answered with 409."""


class Forbidden(Exception):
    """The person lacks a right; the 403 page names it."""

    def __init__(self, verb: str) -> None:
        super().__init__(verb)
        self.verb = verb


LOST_SERVER = (OperationalError, InterfaceError, psycopg2.OperationalError)


def plain_page(template: str, status: int, **context: object) -> HttpResponse:
    """A page drawn without a request: no session, no person, no queries, so that it works when servers are lost."""
    return HttpResponse(get_template(template).render(context), status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_page("404.html", HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when what failed is the database being away. Pages never need Redis: see foundation.drain.wake."""
    if isinstance(sys.exc_info()[1], LOST_SERVER):
        response = plain_page("503.html", HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = "5"
        return response
    return plain_page("500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("The page had been open too long to be trusted. Go back, reload it and send it again.")
    return plain_page("400.html", HTTPStatus.FORBIDDEN, message=message)
