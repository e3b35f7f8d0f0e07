from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from activities.models import CalendarFeed
from foundation.gate import Request, gate
from users.rate import address_of, is_too_many

A_MINUTE = 30  # readings of one feed; programs ask every quarter of an hour
WRONG_A_MINUTE = 20  # wrong secrets from one place


@gate("activities.view")
def feed_settings(request: Request) -> HttpResponse:
    """Whether one's calendar can be read by other programs. The address is shown once, when it is made."""
    url = ""
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            CalendarFeed.revoke_of(request.user, at=timezone.now())
            messages.success(request, _("The address no longer answers"))
            return redirect("activities:feed_settings")
        _feed, secret = CalendarFeed.open_for(request.user, at=timezone.now())
        url = f"{settings.SITE_ADDRESS}{reverse('activities:feed', args=[secret])}"
    live = CalendarFeed.objects.filter(person=request.user, revoked_at=None).first()
    answer = render(request, "activities/calendar_feed.html", {"feed": live, "url": url})
    answer["Cache-Control"] = "no-store"
    return answer


@gate.public
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A person's calendar for other programs: whoever has the address reads it, nobody else."""
    found = CalendarFeed.found_by(secret)
    if found is None:
        if is_too_many("feed-wrong", address_of(request), most=WRONG_A_MINUTE):
            return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
        raise Http404
    if is_too_many("feed", found.digest, most=A_MINUTE):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    # Late: icalendar takes 3 MB of every worker that never writes one.
    from activities.queries import feed as queries

    now = timezone.now()
    body = queries.written(found.person, now)
    found.note_read(now)
    etag = quote_etag(sha256(body).hexdigest()[:32])
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=300"
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=answer) or answer
