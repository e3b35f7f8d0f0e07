from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import drafts
from activities.models import Priority, Task, TaskKind, TaskState
from integrations.fields import Field
from integrations.importing.activities import KEY_FIELD, ActivityImport, owner_fields, words
from integrations.importing.base import Step
from integrations.importing.links import LINK_FIELDS
from integrations.importing.record import Record
from integrations.values import HOUR, SERIAL, choice

STATES = {
    "not started": "new", "open": "new", "planned": "new", "pending": "new", "todo": "new", "новая": "new",
    "in progress": "started", "в работе": "started", "deferred": "waiting", "ожидает": "waiting",
    "completed": "done", "complete": "done", "closed": "done", "завершена": "done", "выполнена": "done",
    "canceled": "cancelled", "отменена": "cancelled",
}  # fmt: skip
KINDS = {
    "email": "mail",
    "e-mail": "mail",
    "task": "todo",
    "задача": "todo",
    "звонок": "call",
    "meeting": "visit",
}
PRIORITIES = {"urgent": 1, "medium": 2, "высокий": 1, "средний": 2, "обычный": 2, "низкий": 3}
PLAIN = ("title", "description", "kind", "priority", "estimate")


class TaskImport(ActivityImport):
    """Tasks with the states they went through; what the file says of moments is told at those moments."""

    entity = "tasks"
    kind = "task"
    plain_fields = frozenset(PLAIN)
    fields = (
        KEY_FIELD,
        Field(
            name="title", label=gettext_lazy("What"), is_required=True,
            synonyms=["task", "subject", "name", "title", "задача", "тема", "название"],
        ),
        Field(name="description", label=gettext_lazy("Details"), synonyms=["notes", "comment", "описание"]),
        *owner_fields(gettext_lazy("Who")),
        Field(
            name="due", label=gettext_lazy("Due"), kind="moment",
            synonyms=["due date", "due on", "deadline", "end date", "срок", "крайний срок"],
        ),
        Field(name="kind", label=gettext_lazy("Kind"), synonyms=["type", "activity type", "тип"]),
        Field(name="priority", label=gettext_lazy("Priority"), synonyms=["importance", "приоритет"]),
        Field(name="state", label=gettext_lazy("State"), synonyms=["status", "stage", "статус", "состояние"]),
        Field(
            name="planned_at", label=gettext_lazy("Planned"), kind="moment",
            synonyms=["created", "created at", "created on", "creation date", "создана", "дата создания"],
        ),
        Field(
            name="started_at", label=gettext_lazy("Begun"), kind="moment",
            synonyms=["start date", "started", "started on", "начата"],
        ),
        Field(
            name="closed_at", label=gettext_lazy("Done"), kind="moment",
            synonyms=["completed", "completed at", "completed on", "closed on", "done date", "finished", "завершена"],
        ),
        Field(name="outcome", label=gettext_lazy("Outcome"), synonyms=["result", "resolution", "результат"]),
        Field(
            name="estimate", label=gettext_lazy("Estimate"), kind="number",
            synonyms=["minutes", "estimated minutes", "оценка"],
        ),
        *LINK_FIELDS,
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        self.states = words(TaskState.choices) | STATES
        del self.states[TaskState.REVIEW]  # who would have to accept it, a file cannot say
        self.kinds = words(TaskKind.choices) | KINDS
        self.priorities = words(Priority.choices) | PRIORITIES

    def read(self, record: Record) -> dict[str, Any]:
        values = self.read_shared(record)
        values["title"] = " ".join(record.shortened("title", 200).split())
        if not values["title"] and not record.problems:
            record.reject("title", _("Say what is to be done."))
        readings: dict[str, Any] = {
            "kind": lambda text: choice(text, self.kinds),
            "priority": lambda text: Priority(choice(text, self.priorities)),
            "estimate": self._minutes,
        }
        values |= {name: record.read(name, reading) for name, reading in readings.items() if record.has(name)}
        if record.has("description"):
            values["description"] = self.text(record, "description")
        values["outcome"] = self.text(record, "outcome")
        if record.has("due"):
            values |= self._due(record)
        values["path"] = self._path(record)
        return values

    def visible(self) -> Any:
        return Task.objects.visible_to(self.by).select_related("owner", "account", "contact", "deal")

    def differences(self, step: Step) -> dict[str, Any]:
        """Also closing it. A task that was closed or reopened here stays as it is: that was later than the file."""
        task, values = step.target, step.values
        if not task.is_open:
            return {}
        changes = super().differences(step) | self.changed_links(step)
        for name in ("due_on", "due_at"):
            if name in values and getattr(task, name) != values[name]:
                changes[name] = values[name]
        owner = values.get("owner")
        if owner is not None and owner.pk != task.owner_id:
            self.owners.differ(step, changes)
        state = values["path"][-1][0] if values["path"] else ""
        if state in drafts.CLOSED:
            changes["state"] = state
        return changes

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        return drafts.plan_tasks([self._draft(step.values) for step in steps], by=self.by)

    def change(self, step: Step) -> None:
        task, changes = step.target, dict(step.changes)
        owner, state = changes.pop("owner", None), changes.pop("state", None)
        if changes:
            task.change(changes, by=self.by, at=self.at)
        if owner is not None:
            task.reassign(owner, by=self.by, at=self.at)
        if state is not None:
            at = max(step.values["path"][-1][1], task.planned_at)
            outcome = step.values["outcome"]
            if state == TaskState.DONE:
                task.finish(outcome=outcome, by=self.by, at=at)
            else:
                task.cancel(outcome, by=self.by, at=at)

    def _draft(self, values: dict[str, Any]) -> drafts.TaskDraft:
        plain = {name: values[name] for name in (*PLAIN, "due_on", "due_at") if values.get(name)}
        return drafts.TaskDraft(
            owner=values["owner"],
            path=values["path"] or [(TaskState.NEW, self.at)],
            links=values["links"],
            outcome=values["outcome"],
            **plain,
        )

    def _due(self, record: Record) -> dict[str, Any]:
        """A day stays a day; only with an hour it is a moment."""
        text = record.text("due").strip()
        moment = record.read("due", self.reader.moment)
        if moment is None:
            return {}
        is_serial = bool(SERIAL.fullmatch(text))
        has_hour = float(text) % 1 > 0 if is_serial else bool(HOUR.search(text))
        midnight = has_hour and not is_serial and HOUR.search(text)[0].strip().startswith(("00:00", "0:00"))  # type: ignore[index]
        if has_hour and not midnight:
            return {"due_on": None, "due_at": moment}
        return {"due_on": self.reader.day(record.text("due")), "due_at": None}

    def _path(self, record: Record) -> list[tuple[str, datetime]]:
        """The states the row says it went through, forwards; [] where it cannot be told."""
        state = record.read("state", lambda text: choice(text, self.states)) or TaskState.NEW
        moments = {
            name: self.past(record, name, record.read(name, self.reader.moment))
            for name in ("planned_at", "started_at", "closed_at")
        }
        if moments["closed_at"] and state not in drafts.CLOSED:
            state = TaskState.DONE
        if record.problems:
            return []
        known = [moment for moment in moments.values() if moment]
        planned = moments["planned_at"] or (min(known) if known else self.at)
        path: list[tuple[str, datetime]] = [(TaskState.NEW, planned)]
        if moments["started_at"] or state in (TaskState.STARTED, TaskState.WAITING):
            path.append((TaskState.STARTED, moments["started_at"] or planned))
        if state == TaskState.WAITING:
            path.append((TaskState.WAITING, path[-1][1]))
        if state in drafts.CLOSED:
            path.append((state, moments["closed_at"] or max(known, default=self.at)))
        if any(then < before for (_s, before), (_t, then) in pairwise(path)):
            record.reject("closed_at", _("It cannot be done before it was planned."))
            return []
        return path

    def _minutes(self, text: str) -> int:
        minutes = self.reader.whole_number(text)
        if not 0 <= minutes <= 100_000:
            raise ValueError(_("“%(text)s” is not a number of minutes.") % {"text": text[:60]})
        return minutes
