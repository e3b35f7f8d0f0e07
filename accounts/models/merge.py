"""That several clients, or several contacts, were made one, and all that is needed to take it back."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.custom_values import ExactDecoder, ExactEncoder
from changes.models import ChangeSet
from users.models import User


class MergedKind(models.TextChoices):
    ACCOUNT = "account", _("clients")
    CONTACT = "contact", _("contacts")


class Merge(models.Model):
    """Others went into the survivor. `before` and `after` are the survivor's columns as JSON, for taking it back."""

    kind = models.CharField(_("what"), max_length=7, choices=MergedKind)
    survivor_id = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200)
    change_set = models.OneToOneField(ChangeSet, models.PROTECT, null=True, related_name="merge")
    before = models.JSONField(default=dict, encoder=ExactEncoder, decoder=ExactDecoder)
    after = models.JSONField(default=dict, encoder=ExactEncoder, decoder=ExactDecoder)
    merged_at = models.DateTimeField(_("merged"))
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(_("taken back"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["kind", "survivor_id"], name="merge_of_survivor")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:merged", args=[self.pk])

    def undo(self, choices: dict[str, str] | None = None, *, by: Any, at: datetime) -> ChangeSet:
        """Everything goes back; the change-set of that. See `accounts.merging.undoing`."""
        from accounts.merging import undoing

        made = undoing.undo(self, choices or {}, by=by, at=at)
        self.refresh_from_db()
        return made


class Absorbed(models.Model):
    """A client or contact that went into another: its address leads there. `row` are its columns as they were."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="absorbed")
    kind = models.CharField(max_length=7, choices=MergedKind)
    record_id = models.BigIntegerField()
    survivor_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    row = models.JSONField(default=dict, encoder=ExactEncoder, decoder=ExactDecoder)

    class Meta:
        verbose_name = _("absorbed record")
        verbose_name_plural = _("absorbed records")
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "record_id"], name="absorbed_by_key")]

    def __str__(self) -> str:
        return self.name


class MergeMove(models.Model):
    """Rows that a merge moved from one record to the survivor (`ids`), or that it set aside as doubles (`rows`)."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="moves")
    model = models.CharField(max_length=60)
    field = models.CharField(max_length=70)
    from_id = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField(), default=list)
    rows = models.JSONField(default=list)

    class Meta:
        verbose_name = _("move of a merge")
        verbose_name_plural = _("moves of a merge")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.model}.{self.field}: {len(self.ids)}"
