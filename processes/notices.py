"""What people are told of processes: the kinds, and the telling."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from processes.models import Batch, Process, Run, WorkItem
from processes.running import people
from users.notifications import NotificationKind, notify, register
from users.notifications.kinds import APP, DIGEST, MAIL, PUSH

PROCESSES = gettext_lazy("Processes")
BATCH = 200

KINDS = [
    NotificationKind("process.work", gettext_lazy("A process waits for me"), PROCESSES, "git-branch",
                     frozenset({APP, DIGEST, PUSH}), order=60),
    NotificationKind("process.due", gettext_lazy("The deadline of my step comes near"), PROCESSES, "clock",
                     frozenset({APP, PUSH}), order=61),
    NotificationKind("process.late", gettext_lazy("My step is late"), PROCESSES, "clock-exclamation",
                     frozenset({APP, MAIL, PUSH}), is_urgent=True, order=62),
    NotificationKind("process.escalated", gettext_lazy("A step of one of my people is late"), PROCESSES,
                     "alert-triangle", frozenset({APP, MAIL}), is_urgent=True, order=63),
    NotificationKind("process.nudged", gettext_lazy("Somebody reminds me of a step"), PROCESSES, "hand-click",
                     frozenset({APP, PUSH}), is_urgent=True, order=64),
    NotificationKind("process.told", gettext_lazy("A process tells me something"), PROCESSES, "message",
                     frozenset({APP, DIGEST}), order=65),
    NotificationKind("process.batch", gettext_lazy("A process I am responsible for began many at once"), PROCESSES,
                     "stack-2", frozenset({APP, MAIL}), is_urgent=True, order=67),
    NotificationKind("process.paused", gettext_lazy("A process I am responsible for has stopped"), PROCESSES,
                     "player-pause", frozenset({APP, MAIL}), is_urgent=True, order=66),
    NotificationKind("process.zombies", gettext_lazy("A process I am responsible for has what nobody will finish"),
                     PROCESSES, "zzz", frozenset({APP, DIGEST}), order=68),
]  # fmt: skip


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def tell_of_work(at: datetime) -> int:
    """Tell whoever has new work, each piece once; how many pieces. Run by the drain."""
    told = 0
    while True:
        with transaction.atomic():
            items = list(
                WorkItem.objects.filter(state="open", is_told=False)
                .order_by("opened_at", "pk")
                .select_related("run")
                .select_for_update(skip_locked=True, of=("self",))[:BATCH]
            )
            if not items:
                return told
            for item in items:
                _tell_of_one(item, at)
            WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(is_told=True)
            told += len(items)


def _tell_of_one(item: WorkItem, at: datetime) -> None:
    notify(
        "process.work",
        people.people_told(item.role, item.assignee_id),
        lambda: (item.name, _("For you to do: %(title)s") % {"title": item.run.title}),
        url=reverse("processes:work", args=[item.pk]),
        subject=(item.subject_kind, item.subject_id),
        by=None,
        at=at,
    )


def tell_of_deadline(
    kind: str, keys: Iterable[int], run: Run, name: str, due: datetime | None, *, at: datetime
) -> None:
    notify(
        kind,
        keys,
        lambda: (name or run.process.name, _("%(title)s, process “%(process)s”") % {
            "title": run.title, "process": run.process.name}),
        url=reverse("processes:run", args=[run.pk]),
        subject=(run.subject_kind, run.subject_id),
        by=None,
        at=at,
    )  # fmt: skip


def tell_of_nudge(item: WorkItem, text: str, *, by: Any, at: datetime) -> None:
    notify(
        "process.nudged",
        people.people_told(item.role, item.assignee_id),
        lambda: (item.name, text or _("%(name)s waits for this.") % {"name": by.get_full_name()}),
        url=reverse("processes:work", args=[item.pk]),
        subject=(item.subject_kind, item.subject_id),
        by=by,
        at=at,
    )


def tell_of_pause(process: Process, *, at: datetime) -> None:
    notify(
        "process.paused",
        [process.owner_id],
        lambda: (process.name, process.why),
        url=reverse("processes:process", args=[process.pk]),
        by=None,
        at=at,
    )


def tell_of_zombies(process: Process, still: int, dead: int, *, at: datetime) -> None:
    """Once a week, and only where there is something."""

    def say() -> tuple[str, str]:
        if not still and not dead:
            return process.name, _("It is time to look at it again.")
        said = {"still": still, "dead": dead}
        return process.name, _("Runs that stand still: %(still)d. Work nobody will do: %(dead)d.") % said

    url = f"{reverse('processes:zombies')}?process={process.pk}"
    notify("process.zombies", [process.owner_id], say, url=url, by=None, at=at)


def tell_of_batch(batch: Batch, count: int | None, *, at: datetime) -> None:
    """Whoever answers for the process; `count` where it is known how many begin."""
    minutes = settings.PROCESS_HOLD_MINUTES

    def words() -> tuple[str, str]:
        many = ngettext("%(n)d run begins", "%(n)d runs begin", count or 0) % {"n": count or 0}
        said = {"many": many if count else _("Many runs begin at once"), "minutes": minutes}
        return batch.process.name, _("%(many)s. Mails wait %(minutes)s minutes: look, or revoke them.") % said

    notify("process.batch", [batch.process.owner_id], words, url=batch.get_absolute_url(), by=None, at=at)
