from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from changes import facts
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

UNDOABLE_FOR = timedelta(days=30)
MOST_ATTEMPTS = 5
EVERYBODYS = "admin.configure"


class ChangeKind(models.TextChoices):
    BULK_EDIT = "bulk_edit", gettext_lazy("bulk edit")
    IMPORT = "import", gettext_lazy("import")
    MERGE = "merge", gettext_lazy("merge")
    REASSIGNMENT = "reassignment", gettext_lazy("reassignment")
    HAND_OVER = "hand_over", gettext_lazy("hand-over")
    AUTOMATION = "automation", gettext_lazy("automation")
    TRASH = "trash", gettext_lazy("into the trash")
    UNDO = "undo", gettext_lazy("undo")


class ChangeState(models.TextChoices):
    QUEUED = "queued", gettext_lazy("waiting")
    RUNNING = "running", gettext_lazy("running")
    DONE = "done", gettext_lazy("done")
    FAILED = "failed", gettext_lazy("broke off")


class ChangeSetQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: Any) -> Self:
        """One's own; everybody's for administrators. What it changed is asked for record by record."""
        if not user.is_authenticated:
            return self.none()
        return self if user.may(EVERYBODYS) else self.filter(by_id=user.pk)

    def due(self) -> Self:
        return self.filter(state__in=[ChangeState.QUEUED, ChangeState.RUNNING])


class ChangeSet(models.Model):
    """Changes made to many records together, which can be looked at and undone together.

    `context` is what every row of the history tables written for it carries as `pgh_context_id`. `work` names who
    carries out its rows where that takes a worker; empty where it was done in one go.
    """

    kind = models.CharField(gettext_lazy("kind"), max_length=12, choices=ChangeKind)
    title = models.CharField(gettext_lazy("title"), max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=gettext_lazy("by"))
    at = models.DateTimeField(gettext_lazy("at"))
    state = models.CharField(
        gettext_lazy("state"), max_length=8, choices=ChangeState, default=ChangeState.QUEUED
    )
    context = models.UUIDField(default=uuid4, unique=True, editable=False)
    undo_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=gettext_lazy("undoes"),
    )
    work = models.CharField(max_length=60, blank=True, editable=False)
    arguments = models.JSONField(default=dict, editable=False)
    records = models.JSONField(default=dict, editable=False, help_text="how many of each kind it changed")
    total = models.PositiveIntegerField(default=0, help_text="records it is about")
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="since the last batch that was done")
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    objects = ChangeSetQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("change-set")
        verbose_name_plural = gettext_lazy("change-sets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ChangeKind.values), name="change_set_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ChangeState.values), name="change_set_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="change_set_of_person"),
            models.Index(
                fields=["id"], name="change_set_due", condition=models.Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("changes:page", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.state in {ChangeState.DONE, ChangeState.FAILED}

    @property
    def is_done(self) -> bool:
        return self.state == ChangeState.DONE

    @property
    def processed(self) -> int:
        return self.done + self.skipped + self.conflicts

    @property
    def undoable_until(self) -> datetime:
        return (self.finished_at or self.at) + UNDOABLE_FOR

    @classmethod
    def begin(
        cls, kind: str, *, title: str, by: Any, at: datetime, work: str = "", **parts: Any
    ) -> "ChangeSet":
        """Open it: carried out at once when there is no `work`, else queued for a worker."""
        state = ChangeState.QUEUED if work else ChangeState.RUNNING
        return cls.objects.create(
            kind=kind, title=title[:200], by_id=by.pk, at=at, work=work, state=state, **parts
        )

    def count(self, *, done: int = 0, skipped: int = 0, conflicts: int = 0) -> None:
        """A batch was done; for whoever holds its lock."""
        self.done += done
        self.skipped += skipped
        self.conflicts += conflicts
        self.attempts = 0
        self.state = ChangeState.RUNNING
        self.save(update_fields=["done", "skipped", "conflicts", "attempts", "state"])

    def finish(self, records: dict[str, int], *, by: Any, at: datetime) -> None:
        """Everything is done that could be; `records` are how many of each kind it changed."""
        with transaction.atomic():
            self.state, self.finished_at, self.records = ChangeState.DONE, at, records
            self.total = max(self.total, self.processed)
            self.save(
                update_fields=["state", "finished_at", "records", "total", "done", "skipped", "conflicts"]
            )
            self._tell_finished(by=by, at=at)

    def fail(self, reason: str, records: dict[str, int], *, by: Any, at: datetime) -> None:
        """It broke off; what was done until then stays, and can be undone."""
        with transaction.atomic():
            self.state, self.finished_at, self.error, self.records = ChangeState.FAILED, at, reason, records
            self.save(update_fields=["state", "finished_at", "error", "records"])
            self._tell_finished(by=by, at=at)

    def attempt(self) -> bool:
        """Count an attempt at the next batch; False where every one so far ended with its worker."""
        self.attempts += 1
        self.save(update_fields=["attempts"])
        return self.attempts <= MOST_ATTEMPTS

    def count_resolved(self) -> None:
        """Somebody put a conflict back after all; for whoever holds its lock."""
        self.done += 1
        self.conflicts -= 1
        self.save(update_fields=["done", "conflicts"])

    def objection_to_undo(self, user: Any, at: datetime | None = None) -> str:
        """Why this person may not undo it now; empty where they may."""
        at = at or timezone.now()
        if self.by_id != user.pk and not user.may(EVERYBODYS):
            return _("Only whoever made these changes or an administrator may undo them.")
        if not self.is_finished:
            return _("These changes are still being made. Wait until they are done.")
        undone = ChangeSet.objects.select_related("by").filter(undo_of=self.pk).first()
        if undone is not None:
            return self._already(undone)
        if at > self.undoable_until:
            return _("Changes can be undone for %(n)d days; these are older.") % {"n": UNDOABLE_FOR.days}
        return ""

    def refuse_undo(self, user: Any, at: datetime) -> None:
        if objection := self.objection_to_undo(user, at):
            raise Refused(objection)

    def _already(self, undone: "ChangeSet") -> str:
        if not undone.is_finished:
            return _("%(name)s is undoing these changes already.") % {"name": undone.by.name}
        return _("%(name)s has undone these changes already.") % {"name": undone.by.name}

    def _tell_finished(self, *, by: Any, at: datetime) -> None:
        told = facts.ChangeSetFinished(
            change_set_id=self.pk, kind=self.kind, title=self.title, done=self.done, skipped=self.skipped
        )
        tell(told, by=by, at=at)
