"""Asking how a task goes. Mixed into Task."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.facts.tasks import TaskNudged
from activities.last_events import last_event
from foundation.errors import Refused
from foundation.facts import tell
from foundation.working_time import add_working_time
from users.calendars import calendar_of

NUDGE_PAUSE = timedelta(hours=4)


class TaskNudge:
    def nudge(self: Any, note: str = "", *, by: Any, at: datetime, cause: Any = None) -> None:
        """Ask how it goes. Refused within four working hours of its owner since the same person asked last."""
        note = " ".join(note.replace("\x00", "").split())[:200]
        with transaction.atomic():
            task = self.locked()
            if not task.is_open:
                raise Refused(_("The task is closed."))
            if by.pk == task.owner_id:
                raise Refused(_("This is your own task."))
            again = _may_ask_again(task, by)
            if again is not None and at < again:
                moment = date_format(timezone.localtime(again), "SHORT_DATETIME_FORMAT")
                raise Refused(
                    _("You asked a short while ago. Ask again after %(moment)s.") % {"moment": moment}
                )
            tell(TaskNudged(note=note, **task.named()), by=by, at=at, cause=cause)


def _may_ask_again(task: Any, by: Any) -> datetime | None:
    """Four working hours after this person asked last; None where they have not."""
    last = last_event("task", task.pk, TaskNudged.fact_name, actor_id=by.pk)
    return add_working_time(last.at, NUDGE_PAUSE, calendar_of(task.owner)).moment if last else None
