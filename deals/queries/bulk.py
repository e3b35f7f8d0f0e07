"""The deals that the list's filter finds, for what is done with all of them."""

from typing import Any

from django.http import HttpRequest, QueryDict

from changes.bulk.selecting import unreadable
from deals.filters import DealFilter
from deals.models import Deal
from deals.queries.list import ONLY_OPEN, terms_asked
from foundation.search import matching


def spelled(said: QueryDict) -> None:
    """Some orders are of open deals alone."""
    if terms_asked(said.get("sort", ""))[0] in ONLY_OPEN and not said.get("state"):
        said["state"] = "open"


def filtered(query: QueryDict, person: Any) -> Any:
    """Refused where the filter cannot be read: it would find all."""
    request = HttpRequest()
    request.user = person
    filterset = DealFilter(query, queryset=Deal.objects.visible_to(person), request=request)
    filterset.are_words_apart = True
    if not filterset.form.is_valid() or getattr(filterset, "is_unreadable", False):
        raise unreadable()
    return matching(filterset.qs, filterset.words, cap=None)
