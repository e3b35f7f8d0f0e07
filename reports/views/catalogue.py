from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.gate import gate
from reports.registry import all_reports


@gate("reports.view")
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every report by its group, narrowed by words of its title or description."""
    words = request.GET.get("q", "").casefold().split()
    found = [
        each
        for each in all_reports()
        if each.is_for(request.user)
        and all(word in f"{each.key} {each.title} {each.description}".casefold() for word in words)
    ]
    shelves = [(group, list(reports)) for group, reports in groupby(found, key=lambda each: each.group)]
    return render(request, "reports/catalogue.html", {"shelves": shelves, "q": request.GET.get("q", "")})
