from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy

from changes.models.change_set import EVERYBODYS, ChangeSet
from users.models import User

KEPT_FOR = timedelta(days=90)


class TrashEntryQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: Any) -> Self:
        """What one put there oneself; everything for administrators. Who else may restore is asked by the record."""
        if not user.is_authenticated:
            return self.none()
        return self if user.may(EVERYBODYS) else self.filter(by_id=user.pk)

    def own(self) -> Self:
        """Those that were put there themselves, not along with another."""
        return self.filter(along_with=None)

    def overdue(self, at: datetime) -> Self:
        return self.own().filter(at__lt=at - KEPT_FOR)


class TrashEntry(models.Model):
    """A record in the trash. Its rows are kept whole with it (KeptRows) and stand in no other table.

    `record` is the kind of record as `changes.trash` knows it. What went along with another record has an entry of
    its own, so that its page is found; its rows are kept with the other's. `team_ids` are who saw it.
    """

    record = models.CharField(gettext_lazy("kind of record"), max_length=20)
    record_id = models.BigIntegerField()
    title = models.CharField(gettext_lazy("title"), max_length=200)
    team_ids = ArrayField(models.BigIntegerField(), default=list)
    along_with = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        related_name="along",
        verbose_name=gettext_lazy("went along with"),
    )
    change_set = models.ForeignKey(
        ChangeSet,
        models.SET_NULL,
        null=True,
        related_name="trashed",
        db_index=False,
        verbose_name=gettext_lazy("change-set"),
    )
    by = models.ForeignKey(
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=gettext_lazy("by")
    )
    at = models.DateTimeField(gettext_lazy("at"))
    reason = models.CharField(gettext_lazy("why"), max_length=200, blank=True)
    counts = models.JSONField(default=dict, help_text="how many rows of each model went along")

    objects = TrashEntryQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("trash entry")
        verbose_name_plural = gettext_lazy("trash entries")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "record_id"], name="trash_entry_once"),
        ]
        indexes = [
            models.Index(
                fields=["by", "-id"], name="trash_entry_of_person", condition=models.Q(along_with=None)
            ),
            models.Index(fields=["-id"], name="trash_entry_newest", condition=models.Q(along_with=None)),
            models.Index(fields=["at"], name="trash_entry_by_age", condition=models.Q(along_with=None)),
            models.Index(fields=["change_set", "id"], name="trash_entry_of_set"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("changes:trashed", args=[self.top_id])

    @property
    def top_id(self) -> int:
        """The entry that is restored: its own, or that of what it went along with."""
        return self.along_with_id or self.pk

    @property
    def kept_until(self) -> datetime:
        return self.at + KEPT_FOR


class KeptRows(models.Model):
    """Rows of one model that went into the trash with an entry, as JSON; columns by name.

    With a `field`, rows that stayed and whose reference was emptied: [{"id": row, "value": what it named}].
    """

    entry = models.ForeignKey(TrashEntry, models.CASCADE, related_name="kept")
    model = models.CharField(max_length=100)
    field = models.CharField(max_length=60, blank=True)
    rows = models.JSONField()

    class Meta:
        verbose_name = gettext_lazy("kept rows")
        verbose_name_plural = gettext_lazy("kept rows")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model} {self.field}".strip()
