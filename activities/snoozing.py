"""Until when something is put off: the usual choices, by the person's clock and calendar. Pure, no database."""

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.due import at_local, day_there
from foundation.errors import Refused
from foundation.working_time import Calendar, add_working_days

MORNING = time(9)
CHOICES = [
    ("1h", gettext_lazy("For an hour")),
    ("tomorrow", gettext_lazy("Until tomorrow, 9:00")),
    ("workday", gettext_lazy("Until the next working day, 9:00")),
]
FURTHEST = timedelta(days=366 * 2)


def until_moment(said: str, *, at: datetime, zone: str, calendar: Calendar) -> datetime:
    """1h, tomorrow, workday, or a local date and time as ISO. Refused where it is none, or years away."""
    today = day_there(at, zone)
    match said:
        case "1h":
            return at + timedelta(hours=1)
        case "tomorrow":
            return at_local(today + timedelta(days=1), MORNING, zone)
        case "workday":
            return at_local(add_working_days(today, 1, calendar), MORNING, zone)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as trouble:
        raise Refused(_("Say until when.")) from trouble
    if moment.tzinfo is None:
        moment = at_local(moment.date(), moment.time(), zone)
    if moment > at + FURTHEST:
        raise Refused(_("That is too far away: change the day it is due instead."))
    return moment
