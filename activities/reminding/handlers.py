"""Reminders follow what they are about."""

from collections.abc import Sequence
from datetime import datetime

from activities.models import Meeting, Reminder, Task
from activities.reminding import setting
from foundation.models import Event
from foundation.telling import takes_many
from users.models import User

MOVES = {"due_on", "due_at", "owner"}
CLOCKS = {"time_zone", "calendar", "department"}


def follow_many_tasks(events: Sequence[Event]) -> None:
    """Of many tasks, those that anybody is reminded of."""
    told = {event.payload["task_id"]: event for event in events}
    reminded = Reminder.objects.filter(task__in=told).order_by("task_id").values_list("task_id", flat=True)
    for key in reminded.distinct():
        follow_task(told[key])


@takes_many(follow_many_tasks)
def follow_task(event: Event) -> None:
    """The task was moved, given away, closed, reopened."""
    fields = event.payload.get("fields")
    if fields is not None and not MOVES & set(fields):
        return
    task = Task.objects.select_related("owner").filter(pk=event.payload["task_id"]).first()
    if task is not None:
        setting.replan_for(task, event.at, from_owner=event.payload.get("from_id"))


def put_off(event: Event) -> None:
    """Snoozed: told again at that moment."""
    until = datetime.fromisoformat(event.payload["until"])
    setting.put_off(event.payload["task_id"], until, event.at)


def follow_meeting(event: Event) -> None:
    """A meeting was planned, moved, changed, answered, cancelled."""
    if Meeting.objects.filter(pk=event.payload["meeting_id"]).exists():
        setting.set_for_meeting(event.payload["meeting_id"], event.at)


def follow_clock(event: Event) -> None:
    """Another zone, calendar or department: mornings are at another moment."""
    fields = event.payload.get("fields")
    if fields is not None and not CLOCKS & set(fields):
        return
    person = User.objects.filter(pk=event.payload["user_id"]).first()
    if person is not None:
        setting.replan_zone(person, event.recorded_at)


def follow_absence(event: Event) -> None:
    """Whoever is away is reminded on the working day before."""
    person = User.objects.filter(pk=event.payload["person_id"]).first()
    if person is not None:
        setting.replan_person(person, event.at)
