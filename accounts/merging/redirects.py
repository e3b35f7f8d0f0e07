"""The old address of what went into another leads there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.merging.verb import MODELS
from accounts.models import Absorbed
from foundation.gate import Request

MOST_STEPS = 20


def survivor_of(kind: str, key: int) -> int | None:
    """Where a record that is no longer there went, and where that went; None when it went nowhere."""
    found = None
    for _step in range(MOST_STEPS):
        steps = Absorbed.objects.filter(kind=kind, record_id=key, merge__undone_at=None).order_by("-pk")
        survivor = steps.values_list("survivor_id", flat=True).first()
        if survivor is None:
            return found
        found = key = survivor
    return found


def follows(kind: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a view of one record, below its gate: a record merged into one the person sees is found there."""

    def lead(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def leading(request: Request, pk: int, **named: Any) -> HttpResponse:
            try:
                return view(request, pk, **named)
            except Http404:
                survivor = survivor_of(kind, pk) if request.method in ("GET", "HEAD") else None
                if survivor is None or not _is_seen(kind, survivor, request.user):
                    raise
                match = request.resolver_match
                assert match is not None
                query = request.META.get("QUERY_STRING", "")
                address = reverse(match.view_name, kwargs={"pk": survivor, **named})
                return redirect(f"{address}?{query}" if query else address)

        return leading

    return lead


def _is_seen(kind: str, key: int, person: Any) -> bool:
    return bool(MODELS[kind].objects.visible_to(person).filter(pk=key).exists())
