from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.due import at_local, day_there, due_by
from activities.facts import tasks as facts
from activities.models.linked import Linked
from activities.models.project import Project
from activities.models.task_checklist import TaskChecklist
from activities.models.task_moves import TaskMoves
from activities.models.task_nudge import TaskNudge
from activities.models.task_template import TaskKind, TaskTemplate
from activities.querysets import TaskQuerySet
from activities.repeats import checked
from foundation import timeline
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.search_text import normalised
from users.models import User


class TaskState(models.TextChoices):
    NEW = "new", gettext_lazy("to do")
    STARTED = "started", gettext_lazy("in work")
    WAITING = "waiting", gettext_lazy("waiting for somebody")
    REVIEW = "review", gettext_lazy("to be accepted")
    DONE = "done", gettext_lazy("done")
    CANCELLED = "cancelled", gettext_lazy("cancelled")


OPEN_STATES = (TaskState.NEW, TaskState.STARTED, TaskState.WAITING, TaskState.REVIEW)


class Priority(models.IntegerChoices):
    HIGH = 1, gettext_lazy("high")
    NORMAL = 2, gettext_lazy("normal")
    LOW = 3, gettext_lazy("low")


@pghistory.track(exclude=["search_text"], model_name="TaskHistory")
class Task(TaskMoves, TaskChecklist, TaskNudge, Linked):
    """Something one person has to do.

    Due as a day (`due_on`, the same day everywhere) or as a moment (`due_at`); `due_by` is the moment it is late,
    at the end of the day where its owner lives. Estimates are minutes of work.
    """

    title = models.CharField(gettext_lazy("what"), max_length=200)
    description = models.TextField(gettext_lazy("details"), blank=True)
    kind = models.CharField(gettext_lazy("kind"), max_length=8, choices=TaskKind, default=TaskKind.TODO)
    priority = models.PositiveSmallIntegerField(
        gettext_lazy("priority"), choices=Priority, default=Priority.NORMAL
    )
    state = models.CharField(max_length=9, choices=TaskState, default=TaskState.NEW, editable=False)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="tasks", db_index=False, verbose_name=gettext_lazy("who")
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, editable=False)
    controller = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=gettext_lazy("accepted by"),
        help_text=gettext_lazy("Who checks the work before it counts as done"),
    )
    watchers = models.ManyToManyField(User, related_name="+", blank=True, editable=False)
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    due_on = models.DateField(gettext_lazy("due on"), null=True, blank=True)
    due_at = models.DateTimeField(gettext_lazy("due at"), null=True, blank=True)
    due_by = models.DateTimeField(null=True, editable=False)
    starts_on = models.DateField(gettext_lazy("not before"), null=True, blank=True)
    estimate = models.PositiveIntegerField(
        gettext_lazy("estimate"), null=True, blank=True, help_text=gettext_lazy("minutes of work")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subtasks", db_index=False
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        db_index=False,
        verbose_name=gettext_lazy("project"),
    )
    repeat = models.CharField(
        gettext_lazy("repeat"), max_length=200, blank=True, help_text="an RRULE of RFC 5545"
    )
    repeats_from = models.DateField(null=True, editable=False, help_text="the first day of the series")
    repeats_at = models.TimeField(
        null=True, editable=False, help_text="the series' time of day, where its owner lives"
    )
    template = models.ForeignKey(
        TaskTemplate, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="followers",
        db_index=False,
        editable=False,
        help_text="the task whose next step, or repetition, this is",
    )
    outcome = models.TextField(gettext_lazy("outcome"), blank=True)
    snoozed_until = models.DateTimeField(null=True, editable=False)
    planned_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    search_text = models.TextField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("task")
        verbose_name_plural = gettext_lazy("tasks")
        ordering = [F("due_by").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_at__isnull=True), name="task_due_day_or_moment"
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_at__isnull=True, due_by__isnull=True)
                | Q(due_by__isnull=False) & (Q(due_on__isnull=False) | Q(due_at__isnull=False)),
                name="task_due_by_follows_due",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], closed_at__isnull=False)
                | ~Q(state__in=["done", "cancelled"]) & Q(closed_at__isnull=True),
                name="task_closed_when_done",
            ),
            models.CheckConstraint(
                condition=~Q(state="review") | Q(controller__isnull=False), name="task_review_has_controller"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="task_not_its_own_parent"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_by", "id"], name="task_to_do", condition=Q(closed_at=None)),
            models.Index(fields=["due_by", "id"], name="task_by_due", condition=Q(closed_at=None)),
            models.Index(fields=["controller"], name="task_to_accept", condition=Q(state="review")),
            models.Index(fields=["account", "due_by", "id"], name="task_of_account"),
            models.Index(fields=["contact"], name="task_of_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["deal", "due_by", "id"], name="task_of_deal"),
            models.Index(
                fields=["project", "due_by", "id"], name="task_of_project", condition=Q(project__isnull=False)
            ),
            models.Index(fields=["parent"], name="task_of_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["previous"], name="task_followers", condition=Q(previous__isnull=False)),
            # Nulls last and only the closed: the order in which a list is read a page at a time.
            models.Index(
                F("closed_at").desc(nulls_last=True),
                F("id").desc(),
                name="task_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                F("owner"),
                F("closed_at").desc(nulls_last=True),
                F("id").desc(),
                name="task_closed_by",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["author", "-planned_at"], name="task_by_author"),
            GinIndex(fields=["team_ids"], name="task_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="task_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derived columns follow what they are derived from."""
        self.search_text = normalised(self.title)
        self.due_by = due_by(self.due_on, self.due_at, self.owner.time_zone)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("activities:task", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def due_day(self) -> date | None:
        """The day it is due, on the calendar of whoever does it."""
        if self.due_at is None:
            return self.due_on
        return day_there(self.due_at, self.owner.time_zone)

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and self.due_by is not None and self.due_by <= at

    @classmethod
    def plan(
        cls,
        *,
        title: str,
        owner: Any,
        by: Any,
        at: datetime,
        watchers: Any = (),
        checklist: Any = (),
        cause: Any = None,
        **fields: Any,
    ) -> "Task":
        """A new task. Its people are its owner, its author, who accepts it, and those who watch it."""
        with transaction.atomic():
            task = cls(title=_titled(title), owner=owner, author=by, planned_at=at, **fields)
            task._check()
            if task.project is not None:
                task.project.take_in()
            task.settle_links()
            task.team_ids = task._team(watchers)
            task.save(force_insert=True)
            task.watchers.set(watchers)
            task.checklist.bulk_create(  # type: ignore[attr-defined]
                task.checklist.model(task=task, text=text, position=place)  # type: ignore[attr-defined]
                for place, text in enumerate(checklist)
            )
            task._enter_state(at)
            told = facts.TaskPlanned(owner=owner.name, due_on=task.due_day, **task.named())
            tell(told, by=by, at=at, cause=cause)
        return task

    def change(
        self, changes: dict[str, Any], *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Change plain fields. `version` is the one the person saw; another since then is Stale."""
        with transaction.atomic():
            task = self.locked(version)
            if "title" in changes:
                changes = changes | {"title": _titled(changes["title"])}
            changed = [name for name, value in changes.items() if getattr(task, name) != value]
            if not changed:
                return
            if not task.is_open and set(changed) - {"outcome"}:
                raise Refused(_("The task is closed: reopen it to change it."))
            deal_before = task.deal_id
            for name in changed:
                setattr(task, name, changes[name])
            if {"account", "contact", "deal"} & set(changed):
                task.account = changes.get("account", task.account)
                task.settle_links()
            if "project" in changed and task.project is not None:
                task.project.take_in()
            if {"due_on", "due_at"} & set(changed):
                task.snoozed_until = None
                task.repeats_at = None  # another time of day holds from now on
            if "repeat" in changed:
                task.repeats_from = None  # another series, counted from here
            task._check()
            task.team_ids = sorted({*task.team_ids, *task._team()})
            task.version += 1
            task.save()
            left = deal_before if deal_before != task.deal_id else None
            told = facts.TaskChanged(fields=changed, from_deal_id=left, **task.named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def reassign(
        self, owner: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Give it to somebody else; the one before keeps seeing it. A day due stays the same day."""
        with transaction.atomic():
            task = self.locked(version)
            if task.owner_id == owner.pk:
                return
            if not task.is_open:
                raise Refused(_("The task is closed: reopen it to change it."))
            _refuse_who_left(owner)
            before = task.owner
            task.owner = owner
            task.snoozed_until = None
            task.team_ids = sorted({*task.team_ids, owner.pk})
            task.version += 1
            task.save()
            task._enter_state(at)
            told = facts.TaskReassigned(
                from_id=before.pk, from_name=before.name, to_name=owner.name, **task.named()
            )
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def locked(self, version: int | None = None) -> "Task":
        """The row locked and read afresh. Refused where another version than the one seen is there."""
        Task.objects.select_for_update().values_list("pk").get(pk=self.pk)
        task = Task.objects.select_related("owner", "account", "contact", "deal").get(pk=self.pk)
        if version is not None and version != task.version:
            last = timeline.page("task", self.pk, limit=1).entries
            who = last[0].actor_name if last else ""
            raise Stale(_("%(who)s changed this task meanwhile. Look at it again.") % {"who": who})
        return task

    def named(self) -> dict[str, Any]:
        """What its facts carry."""
        return {"task_id": self.pk, "title": self.title, "owner_id": self.owner_id, **self.links()}

    def _team(self, watchers: Any = ()) -> list[int]:
        people = {self.owner_id, self.author_id, self.controller_id, *(person.pk for person in watchers)}
        return sorted(key for key in people if key is not None)

    def _check(self) -> None:
        _refuse_who_left(self.owner)
        if self.due_on is not None and self.due_at is not None:
            raise Refused(_("Say a day or a moment, not both."))
        last = self.due_day
        if self.starts_on and last and self.starts_on > last:
            raise Refused(_("It cannot be due before it may begin."))
        if self.repeat and last is None:
            raise Refused(_("Say when it is due the first time: the repetition counts from there."))
        if self.repeat:
            self.repeat = checked(self.repeat)
            self.repeats_from = self.repeats_from or last
            self.repeats_at = self._clock() if self.repeats_at is None else self.repeats_at
        self._check_parent()

    def _clock(self) -> time | None:
        if self.due_at is None:
            return None
        return self.due_at.astimezone(ZoneInfo(self.owner.time_zone)).time()

    def _check_parent(self) -> None:
        """Subtasks go one level deep, so that a task is never part of itself."""
        if self.parent is None:
            return
        if self.parent.parent_id is not None or (self.pk and self.subtasks.exists()):  # type: ignore[attr-defined]
            raise Refused(_("A subtask has no subtasks of its own."))


def _titled(title: str) -> str:
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise Refused(_("Say what is to be done."))
    return title[:200]


def _refuse_who_left(owner: Any) -> None:
    if not owner.is_active or owner.is_robot:
        raise Refused(_("%(name)s no longer works here. Choose somebody else.") % {"name": owner.name})


def next_due(task: Task, day: date) -> dict[str, Any]:
    """Due on another day at the same time of the owner's day, as fields of a task.

    A series keeps its own time of day: one occurrence that the clocks moved does not move those after it.
    """
    if task.due_at is None:
        return {"due_on": day, "due_at": None}
    if task.due_day == day:
        return {"due_on": None, "due_at": task.due_at}
    clock = task.repeats_at or task._clock()
    assert clock is not None
    return {"due_on": None, "due_at": at_local(day, clock, task.owner.time_zone)}
