from datetime import datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities import uploads
from activities.facts import records as facts
from activities.models.authored import Authored
from activities.models.meeting import Meeting
from activities.models.message import Message
from activities.models.note import Note
from activities.models.task import Task
from foundation.facts import tell
from foundation.search_text import normalised


class Attachment(Authored):
    """A file kept with a client, a deal or an activity. Served only through the gate, always as a download."""

    file = models.FileField(_("file"), upload_to="attachments/%Y/%m")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes")
    kind = models.CharField(max_length=100, help_text="media type, by the content")
    search_text = models.TextField(editable=False, db_default="")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="files")
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True, related_name="files")
    note = models.ForeignKey(Note, models.CASCADE, null=True, blank=True, related_name="files")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="files")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False)
                | Q(deal__isnull=False)
                | Q(contact__isnull=False)
                | Q(task__isnull=False)
                | Q(meeting__isnull=False)
                | Q(note__isnull=False)
                | Q(message__isnull=False),
                name="attachment_of_something",
            )
        ]
        indexes = [
            *Authored.indexes_named("attachment"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="attachment_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("activities:file", args=[self.pk])

    @classmethod
    def add(
        cls, upload: File, *, by: Any, at: datetime, name: str = "", cause: Any = None, **links: Any
    ) -> "Attachment":
        """Keep a file. Refused where it is empty, too large, a program, or the disk is full."""
        seen = uploads.inspected(upload, name)
        links = _with_links_of_holder(links)
        with uploads.kept(cls.file.field.storage, upload) as path, transaction.atomic():
            row = cls.written(
                author=by, at=at, file=path, name=seen.name, size=seen.size, kind=seen.kind, digest=seen.digest,
                search_text=normalised(seen.name), **links,
            )  # fmt: skip
            row.save(force_insert=True)
            tell(facts.FileAdded(**row.named()), by=by, at=at, cause=cause)
        return row

    @property
    def holder(self) -> Any:
        """The record on whose page it stands."""
        of_client = self.account or (self.contact.account if self.contact else None)
        return self.task or self.meeting or self.note or self.message or self.deal or of_client

    def named(self) -> dict[str, Any]:
        return {
            "file_id": self.pk,
            "name": self.name,
            "task_id": self.task_id,
            "meeting_id": self.meeting_id,
            **self.links(),
        }


def _with_links_of_holder(links: dict[str, Any]) -> dict[str, Any]:
    """A file of a task or a meeting is about what that is about, and seen by its people."""
    for name in ("task", "meeting", "note", "message"):
        holder = links.get(name)
        if holder is not None:
            mine = {each: links.get(each) or getattr(holder, each) for each in ("account", "contact", "deal")}
            return links | mine | {"people": holder.team_ids}
    return links
