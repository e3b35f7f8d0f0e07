"""The states of a task and the verbs that change them. Mixed into Task."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from activities.facts import tasks as facts
from foundation.errors import Refused
from foundation.facts import tell


class TaskMoves:
    def take_up(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Work on it has begun, or goes on after waiting."""
        self._to_state("started", by=by, at=at, cause=cause)

    def let_wait(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """It waits for somebody else."""
        self._to_state("waiting", by=by, at=at, cause=cause)

    def finish(
        self: Any,
        *,
        outcome: str = "",
        no_next_step: str = "",
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """Done; or handed in, where somebody else accepts it. Refused while subtasks are open."""
        outcome = outcome.replace("\x00", "").strip()
        with transaction.atomic():
            task = self.locked(version)
            if not task.is_open:
                return
            if task.state == "review" and by.pk == task.owner_id != task.controller_id:
                raise Refused(_("It is handed in: %(name)s accepts it.") % {"name": task.controller.name})
            if task.subtasks.open().exists():
                raise Refused(_("Some of its subtasks are still open. Finish or cancel them first."))
            task.outcome = outcome or task.outcome
            is_checked = task.controller_id not in (None, by.pk) and task.state != "review"
            if is_checked:
                told: Any = facts.TaskSubmitted(
                    controller_id=task.controller_id, outcome=outcome, **task.named()
                )
                task._put("review", at)
            else:
                told = facts.TaskFinished(outcome=outcome, no_next_step=no_next_step, **task.named())
                task._put("done", at)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def withdraw(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Take back what was planned by mistake: cancelled, and no longer what follows the task before it.

        Refused once somebody has worked on it.
        """
        with transaction.atomic():
            task = self.locked()
            if not task.is_open or task.version > 1:
                raise Refused(_("“%(title)s” was changed meanwhile and stays.") % {"title": task.title})
            task.previous = None
            task._put("cancelled", at)
            told = facts.TaskCancelled(reason=_("taken back"), **task.named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def send_back(self: Any, reason: str, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Not accepted: its owner goes on."""
        reason = reason.replace("\x00", "").strip()
        if not reason:
            raise Refused(_("Say what is missing, so that they know what to do."))
        with transaction.atomic():
            task = self.locked()
            if task.state != "review":
                raise Refused(_("The task was not handed in."))
            task._put("started", at)
            tell(facts.TaskReturned(reason=reason, **task.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def cancel(self: Any, reason: str = "", *, by: Any, at: datetime, cause: Any = None) -> None:
        """It will not be done. Its open subtasks are cancelled with it."""
        with transaction.atomic():
            task = self.locked()
            if not task.is_open:
                return
            for subtask in task.subtasks.open().order_by("pk"):
                subtask.cancel(reason, by=by, at=at, cause=cause)
            task._put("cancelled", at)
            tell(facts.TaskCancelled(reason=reason.strip(), **task.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def reopen(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            task = self.locked()
            if task.is_open:
                return
            task._put("new", at)
            tell(facts.TaskReopened(**task.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def snooze(
        self: Any, until: datetime, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Out of sight until then. What it is due by stays, so that putting off cannot hide being late."""
        if until <= at:
            raise Refused(_("Choose a moment that is still to come."))
        with transaction.atomic():
            task = self.locked(version)
            if not task.is_open:
                raise Refused(_("The task is closed."))
            task.snoozed_until = until
            task.version += 1
            task.save(update_fields=["snoozed_until", "version"])
            tell(facts.TaskSnoozed(until=until.isoformat(), **task.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def wake(self: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """Back in sight before its time."""
        with transaction.atomic():
            task = self.locked(version)
            if not task.is_open or task.snoozed_until is None:
                return
            task.snoozed_until = None
            task.version += 1
            task.save(update_fields=["snoozed_until", "version"])
            tell(facts.TaskResurfaced(**task.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def watch(self: Any, person: Any) -> None:
        with transaction.atomic():
            task = self.locked()
            task.watchers.add(person)
            task.team_ids = sorted({*task.team_ids, person.pk})
            task.save(update_fields=["team_ids"])

    def unwatch(self: Any, person: Any) -> None:
        """Stop hearing of it. Who takes part in it otherwise keeps seeing it."""
        with transaction.atomic():
            task = self.locked()
            task.watchers.remove(person)
            if person.pk not in (task.owner_id, task.author_id, task.controller_id):
                task.team_ids = [key for key in task.team_ids if key != person.pk]
                task.save(update_fields=["team_ids"])

    def _to_state(self: Any, state: str, *, by: Any, at: datetime, cause: Any) -> None:
        with transaction.atomic():
            task = self.locked()
            if not task.is_open:
                raise Refused(_("The task is closed: reopen it to change it."))
            if task.state == state:
                return
            told = facts.TaskStateChanged(before=task.state, after=state, **task.named())
            task._put(state, at)
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def _put(self: Any, state: str, at: datetime) -> None:
        closed_at = at if state in ("done", "cancelled") else None
        vars(self).update(state=state, closed_at=closed_at, snoozed_until=None)
        self.version += 1
        self.save()
        self._enter_state(at)

    def _enter_state(self: Any, at: datetime) -> None:
        """The open passage ends, the next begins; none begins where the task is closed.

        A passage never ends before it began: the clocks of two hosts may differ by a moment.
        """
        self.passages.filter(until=None).update(until=Greatest(F("since"), at, output_field=DateTimeField()))
        if self.is_open:
            self.passages.create(state=self.state, owner_id=self.owner_id, since=at)
