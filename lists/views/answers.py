"""Which list a page is about, and the way back to it."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.errors import Forbidden
from lists.registry import RecordList, found_list

LONGEST_WAY_BACK = 6_000


def asked_list(request: HttpRequest) -> RecordList:
    """The list named in the address or the form; 404 for none, 403 where the person may not see such records."""
    found = found_list(request.POST.get("list") or request.GET.get("list", ""))
    if not request.user.may(found.gate):  # type: ignore[union-attr]
        raise Forbidden(found.gate)
    return found


def way_back(request: HttpRequest, record_list: RecordList) -> str:
    """The list as it was left, filters and all."""
    said = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    is_sound = (
        said and allowed and len(said) < LONGEST_WAY_BACK and said.startswith("/") and "\x00" not in said
    )
    return said if is_sound else record_list.url


def came_from(request: HttpRequest, otherwise: str) -> str:
    """The page of ours a form was sent from."""
    said = request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if said and allowed and len(said) < LONGEST_WAY_BACK else otherwise


def query_of(address: str) -> Any:
    """What an address asks for, as a QueryDict one may change."""
    return QueryDict(urlsplit(address).query, mutable=True)


def led_to(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, out of a dialog too."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
