"""The page of a record that is in the trash says so, to whoever saw it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from changes.models import TrashEntry
from changes.trash.queries import entry_in_words, is_readable
from foundation.gate import Request

View = Callable[..., HttpResponseBase]


def says_when_trashed(record: str) -> Callable[[View], View]:
    """For a view of one record, below its gate."""

    def say(view: View) -> View:
        @wraps(view)
        def saying(request: Request, pk: int, **named: Any) -> HttpResponseBase:
            try:
                return view(request, pk, **named)
            except Http404:
                if request.method not in ("GET", "HEAD"):
                    raise
                entries = TrashEntry.objects.select_related("by", "along_with")
                entry = entries.filter(record=record, record_id=pk).first()
                if entry is None or not is_readable(entry, request.user):
                    raise
                return render(request, "changes/trashed.html", entry_in_words(entry, request.user))

        return saying

    return say
