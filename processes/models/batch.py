from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from processes.models.process import Process
from processes.querysets import BatchQuerySet
from users.models import User


class Batch(models.Model):
    """Many runs of a process that began together: by a schedule, or because many records were changed at once.

    What they send outside waits some minutes, in which whoever answers for the process may revoke them. `refused`
    counts those on which somebody had worked by then.
    """

    process = models.ForeignKey(Process, models.CASCADE, related_name="batches")
    fact = models.CharField(max_length=60, blank=True, help_text="empty: a schedule began them")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    began_at = models.DateTimeField(_("began"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    revoked = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-began_at", "-pk"]

    def __str__(self) -> Any:
        return f"{self.process} {self.began_at}"

    def get_absolute_url(self) -> str:
        return reverse("processes:batch", args=[self.pk])
