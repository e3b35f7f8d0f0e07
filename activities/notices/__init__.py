"""What people are told of activities and deals: the kinds, and by which way unless they choose otherwise."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.notifications import Action, NotificationKind, register
from users.notifications.kinds import APP, DIGEST, MAIL, PUSH

TASKS, MEETINGS, CLIENTS = _("Tasks"), _("Meetings"), _("Clients and deals")
BELL = frozenset({APP})
MORNING = frozenset({APP, DIGEST})
LETTER = frozenset({APP, MAIL})
AT_ONCE = frozenset({APP, PUSH})


def task_actions(task_id: int) -> Sequence[Action]:
    """What a reminder can be answered with, from wherever it is shown."""
    snooze = reverse("activities:task_snooze", args=[task_id])
    return (
        Action(_("Done"), reverse("activities:task_finish", args=[task_id]), "check", is_dialog=True),
        Action(_("In an hour"), snooze, "clock-pause", (("until", "1h"),)),
        Action(_("Tomorrow"), snooze, "calendar-pause", (("until", "tomorrow"),)),
    )


KINDS = [
    NotificationKind(
        "task.reminder", _("Reminder of a task"), TASKS, "alarm", AT_ONCE, is_urgent=True, is_grouped=False,
        order=10, actions=task_actions,
    ),
    NotificationKind(
        "task.unanswered", _("Reminder that was not answered"), TASKS, "mail-exclamation", frozenset({MAIL}),
        is_urgent=True, is_grouped=False, order=11,
    ),
    NotificationKind(
        "task.assigned", _("A task is given to me, or to somebody else"), TASKS, "user-share", MORNING, order=12
    ),
    NotificationKind("task.changed", _("My task is moved or reopened"), TASKS, "edit", BELL, order=13),
    NotificationKind(
        "task.submitted", _("Work is handed in for me to accept"), TASKS, "eye-check", MORNING, order=14
    ),
    NotificationKind("task.returned", _("My work is sent back"), TASKS, "arrow-back-up", LETTER, order=15),
    NotificationKind(
        "task.finished", _("A task I gave or watch is done or cancelled"), TASKS, "circle-check", BELL, order=16
    ),
    NotificationKind(
        "task.nudged", _("A colleague asks how it goes"), TASKS, "hand-finger", AT_ONCE, is_urgent=True, order=17
    ),
    NotificationKind("task.overdue", _("A deadline was missed"), TASKS, "alert-circle", MORNING, order=18),
    NotificationKind(
        "task.escalated", _("A task of my people was not answered"), TASKS, "alert-triangle", LETTER,
        is_grouped=False, order=19,
    ),
    NotificationKind(
        "meeting.reminder", _("Reminder of a meeting"), MEETINGS, "calendar-time", AT_ONCE, is_urgent=True,
        is_grouped=False, order=30,
    ),
    NotificationKind("meeting.invited", _("I am invited"), MEETINGS, "calendar-plus", BELL, order=31),
    NotificationKind(
        "meeting.changed", _("A meeting of mine is moved or changed"), MEETINGS, "calendar-event", BELL, order=32
    ),
    NotificationKind(
        "meeting.cancelled", _("A meeting of mine is cancelled"), MEETINGS, "calendar-cancel", LETTER, order=33
    ),
    NotificationKind(
        "meeting.answered", _("Somebody answers my invitation"), MEETINGS, "mail-check", BELL, order=34
    ),
    NotificationKind("note.mentioned", _("I am mentioned"), CLIENTS, "at", LETTER, order=50),
    NotificationKind("account.assigned", _("A client is given to me"), CLIENTS, "building", MORNING, order=51),
    NotificationKind("deal.assigned", _("A deal is given to me"), CLIENTS, "layout-kanban", MORNING, order=51),
    NotificationKind("deal.joined", _("I am taken into a deal's team"), CLIENTS, "users-plus", MORNING, order=52),
]  # fmt: skip


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)
