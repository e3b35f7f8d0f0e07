"""Series go on: once a week each is laid out for the days that have come within a year."""

from datetime import datetime, timedelta

from django.db.models import Q

from activities.due import day_there
from activities.models import Meeting, MeetingState
from activities.series import AHEAD

EVERY = timedelta(days=7)
BATCH = 200


def extend_series(at: datetime) -> int:
    """Lay out every series that lags behind by a week; how many. Run twice or by two workers, it changes nothing."""
    until = day_there(at, "UTC") + AHEAD - EVERY
    waiting = Meeting.objects.filter(~Q(repeat=""), state=MeetingState.PLANNED, laid_out_until__lt=until)
    extended, last = 0, 0
    while batch := list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for meeting in batch:
            meeting.extend(at=at)
        extended, last = extended + len(batch), batch[-1].pk
    return extended
