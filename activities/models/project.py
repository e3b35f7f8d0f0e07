"""Work for a client that takes several tasks, with a budget of hours and of money."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.facts import projects as facts
from activities.models.linked import Linked
from activities.querysets import ProjectQuerySet
from foundation import timeline
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.money import rounded
from users.models import User


class ProjectState(models.TextChoices):
    OPEN = "open", gettext_lazy("open")
    CLOSED = "closed", gettext_lazy("closed")


class Project(Linked):
    """Tasks under one budget. Which tasks are its own is said by the tasks; `budget_minutes` are of work."""

    title = models.CharField(gettext_lazy("project"), max_length=200)
    state = models.CharField(max_length=6, choices=ProjectState, default=ProjectState.OPEN, editable=False)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="projects", db_index=False, verbose_name=gettext_lazy("owner")
    )
    team_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    budget_minutes = models.PositiveIntegerField(gettext_lazy("budget of hours"), null=True, blank=True)
    budget_amount = models.DecimalField(
        gettext_lazy("budget"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(gettext_lazy("currency"), max_length=3, default=settings.BASE_CURRENCY)
    opened_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("project")
        verbose_name_plural = gettext_lazy("projects")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="project_closed_when_not_open",
            ),
            models.CheckConstraint(
                condition=Q(budget_amount__isnull=True) | Q(budget_amount__gte=0),
                name="project_budget_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at", "-id"], name="project_open", condition=Q(closed_at=None)),
            models.Index(
                F("closed_at").desc(nulls_last=True),
                F("id").desc(),
                name="project_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["owner"], name="project_of_owner"),
            models.Index(fields=["account"], name="project_of_account", condition=Q(account__isnull=False)),
            models.Index(fields=["contact"], name="project_of_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["deal"], name="project_of_deal", condition=Q(deal__isnull=False)),
            GinIndex(fields=["team_ids"], name="project_team"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("activities:project", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @classmethod
    def open(
        cls, *, title: str, owner: Any, by: Any, at: datetime, cause: Any = None, **fields: Any
    ) -> "Project":
        """A new project. Its people are its owner and who opened it."""
        with transaction.atomic():
            project = cls(title=title, owner=owner, opened_at=at, **fields)
            project._settle()
            project.team_ids = sorted({owner.pk, by.pk})
            project.save(force_insert=True)
            told = facts.ProjectOpened(owner=owner.name, **project.named())
            tell(told, by=by, at=at, cause=cause)
        return project

    def change(
        self, changes: dict[str, Any], *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """Change plain fields. `version` is the one the person saw; another since then is Stale.

        Its owner before keeps seeing it.
        """
        with transaction.atomic():
            project = self.locked(version)
            if not project.is_open:
                raise Refused(_("The project is closed: reopen it to change it."))
            before = {name: getattr(project, name) for name in changes}
            for name, value in changes.items():
                setattr(project, name, value)
            project._settle()
            changed = [name for name in changes if getattr(project, name) != before[name]]
            if not changed:
                return
            project.team_ids = sorted({*project.team_ids, project.owner_id})
            project.version += 1
            project.save()
            told = facts.ProjectChanged(fields=changed, **project.named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def close(self, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """Over. Refused while tasks of it are open, whoever sees them."""
        with transaction.atomic():
            project = self.locked(version)
            if not project.is_open:
                return
            if project.tasks.open().exists():  # type: ignore[attr-defined]
                raise Refused(_("Some of its tasks are still open. Finish or cancel them first."))
            project._put(ProjectState.CLOSED, at)
            tell(facts.ProjectClosed(**project.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def reopen(self, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        with transaction.atomic():
            project = self.locked(version)
            if project.is_open:
                return
            project._put(ProjectState.OPEN, None)
            tell(facts.ProjectReopened(**project.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def locked(self, version: int | None = None) -> "Project":
        """The row locked and read afresh. Refused where another version than the one seen is there."""
        Project.objects.select_for_update().values_list("pk").get(pk=self.pk)
        project = Project.objects.select_related("owner", "account", "contact", "deal").get(pk=self.pk)
        if version is not None and version != project.version:
            last = timeline.page("project", self.pk, limit=1).entries
            who = last[0].actor_name if last else ""
            raise Stale(_("%(who)s changed this project meanwhile. Look at it again.") % {"who": who})
        return project

    def take_in(self) -> None:
        """Refused where no task may join it. Locked until the task is there, so that it is not closed meanwhile."""
        if not settings.PROJECTS_ENABLED:
            raise Refused(_("Projects are switched off."))
        found = Project.objects.select_for_update(no_key=True).filter(pk=self.pk, closed_at=None)
        if not found.values_list("pk").exists():
            raise Refused(_("The project is closed: reopen it, or choose another one."))

    def named(self) -> dict[str, Any]:
        """What its facts carry."""
        return {"project_id": self.pk, "title": self.title, "owner_id": self.owner_id, **self.links()}

    def _put(self, state: str, closed_at: datetime | None) -> None:
        self.state, self.closed_at = state, closed_at
        self.version += 1
        self.save(update_fields=["state", "closed_at", "version"])

    def _settle(self) -> None:
        self.title = " ".join(self.title.replace("\x00", "").split())[:200]
        if not self.title:
            raise Refused(_("Say what the project is called."))
        if not self.owner.is_active or self.owner.is_robot:
            raise Refused(
                _("%(name)s no longer works here. Choose somebody else.") % {"name": self.owner.name}
            )
        if self.budget_amount is not None:
            if self.budget_amount < 0:
                raise Refused(_("A budget cannot be negative."))
            self.budget_amount = rounded(self.budget_amount, self.currency)
        self.settle_links()
