from datetime import datetime
from typing import Any, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from changes.models import ChangeSet
from foundation.errors import Refused
from users.models import User

MAX_ATTEMPTS = 3


class Entity(models.TextChoices):
    USERS = "users", gettext_lazy("colleagues")
    PRODUCTS = "products", gettext_lazy("products")
    ACCOUNTS = "accounts", gettext_lazy("clients")
    CONTACTS = "contacts", gettext_lazy("contacts of an address book")
    DEALS = "deals", gettext_lazy("deals")
    TASKS = "tasks", gettext_lazy("tasks")
    MEETINGS = "meetings", gettext_lazy("meetings")
    CALLS = "calls", gettext_lazy("calls")
    PRICES = "prices", gettext_lazy("prices")
    INVOICES = "invoices", gettext_lazy("invoices issued elsewhere")
    INVOICE_LINES = "invoice-lines", gettext_lazy("lines of invoices")
    PAYMENTS = "payments", gettext_lazy("payments")


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", gettext_lazy("checked, not imported yet")
    QUEUED = "queued", gettext_lazy("waiting")
    RUNNING = "running", gettext_lazy("running")
    DONE = "done", gettext_lazy("done")
    FAILED = "failed", gettext_lazy("failed")


class ImportJobQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: Any) -> Self:
        """A file belongs to whoever brought it; nobody else sees what is in it."""
        return self.filter(created_by_id=user.pk)

    def due(self) -> Self:
        return self.filter(state__in=[ImportState.QUEUED, ImportState.RUNNING]).order_by("pk")


class ImportJob(models.Model):
    """A file somebody brought, how it is to be read, and what became of it.

    `outcome` is what the check found until the import is done, then what the import did. The row says what is
    due: a job left `running` by a worker that died is taken up by the next one.
    """

    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="import_jobs", verbose_name=gettext_lazy("brought by")
    )
    entity = models.CharField(gettext_lazy("what is imported"), max_length=20, choices=Entity)
    file_name = models.CharField(gettext_lazy("file"), max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m/", max_length=255)
    sha256 = models.CharField(max_length=64)
    headers = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    notes = models.JSONField(default=list, help_text="warnings about the file, as sentences")
    mapping = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    rejected_rows = models.FileField(upload_to="imports/%Y/%m/", max_length=255, blank=True)
    state = models.CharField(
        gettext_lazy("state"), max_length=10, choices=ImportState, default=ImportState.PREVIEWED
    )
    error = models.TextField(blank=True)
    change_set = models.ForeignKey(
        ChangeSet, models.SET_NULL, null=True, related_name="+", verbose_name=gettext_lazy("change-set")
    )
    rows_done = models.PositiveIntegerField(default=0, help_text="how far a running import is")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("import")
        verbose_name_plural = gettext_lazy("imports")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["created_by", "-id"], name="import_of_person"),
            models.Index(
                fields=["id"], name="import_due", condition=models.Q(state__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_previewed(self) -> bool:
        return self.state == ImportState.PREVIEWED

    @property
    def is_finished(self) -> bool:
        return self.state in {ImportState.DONE, ImportState.FAILED}

    @property
    def is_done(self) -> bool:
        return self.state == ImportState.DONE

    def keep_preview(
        self, mapping: dict[str, Any], outcome: dict[str, Any], *, by: Any, at: datetime
    ) -> None:
        """How the file is to be read, and what the check found when it was read so."""
        with transaction.atomic():
            job = self._locked_while_open()
            job.mapping, job.outcome = mapping, outcome
            job.save(update_fields=["mapping", "outcome"])
        self.mapping, self.outcome = mapping, outcome

    def confirm(self, *, by: Any, at: datetime) -> None:
        """Queue the import; a second confirmation is refused, so that a double click imports once."""
        with transaction.atomic():
            job = self._locked_while_open()
            job.state, job.confirmed_at = ImportState.QUEUED, at
            job.save(update_fields=["state", "confirmed_at"])
        self.refresh_from_db()

    def start(self, *, by: Any, at: datetime) -> bool:
        """Count an attempt; False, and failed, when every attempt so far ended with its worker's death."""
        with transaction.atomic():
            job = ImportJob.objects.select_for_update().get(pk=self.pk)
            job.attempts += 1
            job.state = ImportState.RUNNING
            if job.attempts > MAX_ATTEMPTS:
                job.state, job.finished_at = ImportState.FAILED, at
                job.error = _("The import was stopped: it ended its worker each time. Nothing was imported.")
            job.save(update_fields=["attempts", "state", "error", "finished_at"])
        self.refresh_from_db()
        return self.state == ImportState.RUNNING

    def finish(self, outcome: dict[str, Any], *, change_set: Any, by: Any, at: datetime) -> None:
        """Keep what the import did; in the transaction of the import itself."""
        self.outcome, self.state, self.finished_at = outcome, ImportState.DONE, at
        self.change_set = change_set
        self.save(update_fields=["outcome", "state", "finished_at", "rejected_rows", "change_set"])

    def fail(self, reason: str, *, by: Any, at: datetime) -> None:
        """Say why nothing was imported."""
        self.error, self.state, self.finished_at = reason, ImportState.FAILED, at
        self.save(update_fields=["error", "state", "finished_at"])

    def _locked_while_open(self) -> "ImportJob":
        job = ImportJob.objects.select_for_update().get(pk=self.pk)
        if not job.is_previewed:
            raise Refused(_("This file is being imported already or has been."))
        return job
