from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from foundation.gate import Request, find, gate
from processes.queries import about as queries
from processes.queries import subjects


@require_safe
@gate("processes.work")
def record(request: Request, kind: str, pk: int) -> HttpResponse:
    """On to the page of a record, for whoever may see it."""
    found = subjects.known_kind(kind)
    find(found.model._default_manager.all(), request, pk)
    return redirect(found.page(pk))


@require_safe
@gate("processes.work")
def about(request: Request, kind: str, pk: int) -> HttpResponse:
    """Processes of one record, fetched once its page is drawn; without a script, a page of its own."""
    found = subjects.known_kind(kind)
    record = find(found.model._default_manager.all(), request, pk)
    context = {
        "kind": kind,
        "key": pk,
        "title": str(record),
        "back_url": found.page(pk),
        "startable": queries.startable(kind, request.user),
        **queries.page_of(kind, pk, request.user),
    }
    return render(request, "processes/about.html#rows" if request.htmx else "processes/about.html", context)
