from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.gate import gate
from users.finders import finders_for

LIMIT = 5
LONGEST = 100


@gate.signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Global search: a page, or its results as a fragment for the palette."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    finders = finders_for(request.user) if query else []
    groups = [(finder, finder.find(request.user, query, LIMIT)) for finder in finders]
    context = {"query": query, "groups": [(finder, hits) for finder, hits in groups if hits]}
    template = "crm/search.html#results" if getattr(request, "htmx", None) else "crm/search.html"
    return render(request, template, context)
