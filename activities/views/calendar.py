from datetime import date, timedelta

from csp.constants import NONCE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from activities.queries import calendar as queries
from activities.queries.calendar_page import Asked, page, person_asked
from foundation.errors import Refused
from foundation.gate import gate


@gate("activities.view")  # type: ignore[arg-type]
@csp_update({"style-src": [NONCE], "font-src": ["data:"]})  # type: ignore[arg-type]
def calendar(request: HttpRequest) -> HttpResponse:
    """Day, week, month, list and team. FullCalendar writes its styles and font into the page, which lets them in."""
    asked = Asked.of(request.GET, request.user)
    template = "activities/calendar_team.html" if asked.view == "team" else "activities/calendar.html"
    return render(request, template, page(asked, request.user))


@gate("activities.view")
def calendar_events(request: HttpRequest) -> HttpResponse:
    """What stands on a calendar, for its script; at most 62 days at once, by the reader's clock."""
    try:
        since = date.fromisoformat(request.GET.get("start", "")[:10])
        until = date.fromisoformat(request.GET.get("end", "")[:10])  # not counted
    except ValueError as unknown:
        raise Refused(_("Say from which day to which.")) from unknown
    if not (2000 <= since.year <= 2100 and since < until <= since + queries.LONGEST):
        raise Refused(_("At most %(days)d days can be read at once.") % {"days": queries.LONGEST.days})
    person = person_asked(request.GET.get("person", ""), request.user)
    read = queries.read(request.user, person, since, until - timedelta(days=1))
    events = [each.as_event() for each in read.entries] + [each.as_event() for each in read.closed]
    response = JsonResponse(events, safe=False)
    response["Cache-Control"] = "private, no-store"
    return response
