"""What is asked when a task is done: the next step, filled in with what usually follows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.chains import Suggestion, suggest_next
from activities.models import Task
from activities.operations import series_next
from activities.queries.due_marks import due_text
from users.calendars import calendar_of

REASONS = [
    gettext_lazy("Everything is done"),
    gettext_lazy("They will come back to us themselves"),
    gettext_lazy("They are not interested"),
    gettext_lazy("Asked not to be contacted"),
]


@dataclass(frozen=True)
class Asks:
    """`asks_next`: not where it is only handed in. `must_say`: a client or an open deal would be left with nothing."""

    title: str
    button: str
    asks_next: bool
    must_say: bool
    suggestion: Suggestion | None
    again: str
    missed: str
    first: dict[str, Any] = field(default_factory=dict)
    reasons: tuple[Any, ...] = tuple(REASONS)


def asks_of(task: Task, person: Any, at: datetime) -> Asks:
    is_handed_in = task.controller_id not in (None, person.pk) and task.state != "review"
    suggestion = None if is_handed_in else suggest_next(task, at=at, calendar=calendar_of(task.owner))
    again, missed = (None, None) if is_handed_in else _next_times(task, at)
    first: dict[str, Any] = {"version": task.version}
    is_left = not is_handed_in and again is None and _would_be_left_with_nothing(task)
    if suggestion is not None and (is_left or task.template_id):
        first |= {"next_title": suggestion.title, "next_on": suggestion.due_on, "next_kind": suggestion.kind}
    today = timezone.localdate(at)
    words = {"title": task.title, "name": task.controller}
    if is_handed_in:
        title, button = _("Hand in “%(title)s” to %(name)s") % words, _("Hand in")
    elif task.state == "review":
        title, button = _("Accept “%(title)s”") % words, _("Accept")
    else:
        title, button = _("Done: “%(title)s”") % words, _("Done")
    return Asks(
        title=title,
        button=button,
        asks_next=not is_handed_in,
        must_say=is_left,
        suggestion=suggestion,
        again=due_text(again, None, today),
        missed=due_text(missed, None, today) if missed != again else "",
        first=first,
    )


def _next_times(task: Task, at: datetime) -> tuple[date | None, date | None]:
    """The next time of a series from today on, and the first one without regard to today."""
    return series_next(task, at=at), series_next(task, at=at, skip_missed=False)


def _would_be_left_with_nothing(task: Task) -> bool:
    """Whether nothing else is planned with its deal or, about no deal, with its client."""
    if task.parent_id is not None or (task.deal is not None and not task.deal.is_open):
        return False
    others = Task.objects.open().exclude(pk=task.pk)
    if task.deal_id is not None:
        return not others.filter(deal=task.deal_id).exists()
    return task.account_id is not None and not others.filter(account=task.account_id).exists()
