from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from activities.queries import team_day as queries
from foundation.gate import Request, gate


@gate("activities.plan")
def team_day(request: Request) -> HttpResponse:
    """What waits with whom in the person's department and those below it."""
    context = queries.team_day(request.user, timezone.now(), everybody="everybody" in request.GET)
    return render(request, "activities/team_day.html", context)


@gate("activities.plan")
def team_load(request: Request) -> HttpResponse:
    """Who has more work than time: fetched after the page, because it adds up three weeks of everybody's work."""
    context = {"overloaded": queries.team_load(request.user, timezone.now())}
    template = "activities/team_load.html#people" if request.htmx else "activities/team_load.html"
    return render(request, template, context)
