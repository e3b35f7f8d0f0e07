from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.palette import answered
from foundation.gate import gate
from users.finders import actions_for

LONGEST = 100


@gate.signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Global search: a page, or its results as a fragment for the palette. With nothing asked: pins and recents."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    context = {"query": query, "groups": answered(request.user, query)}
    if not query:
        offered = ((subject, each, each.url(subject)) for subject, each in actions_for(request.user))
        context["actions"] = [(subject, each, url) for subject, each, url in offered if url]
    template = "crm/search.html#results" if getattr(request, "htmx", None) else "crm/search.html"
    return render(request, template, context)
