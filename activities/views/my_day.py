from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from activities.my_day import filled, items_of
from activities.queries.my_day import Day, weekday_text
from activities.queries.team_day import has_team
from foundation.gate import Request, gate


@gate("activities.view")
def my_day(request: Request) -> HttpResponse:
    """What the person should look at today: overdue, today, to accept, deals that wait for a step, suggestions."""
    at = timezone.now()
    shown = filled(request.user, at)
    context = {
        "sections": shown,
        "count": len(items_of(shown)),
        "today": weekday_text(Day(request.user, at)),
        "has_team": has_team(request.user),
    }
    return render(request, "activities/my_day.html", context)
