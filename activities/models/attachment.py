from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.authored import Authored
from activities.models.meeting import Meeting
from activities.models.message import Message
from activities.models.note import Note
from activities.models.task import Task


class Attachment(Authored):
    """A file kept with a client, a deal or an activity. Served only through the gate, always as a download."""

    file = models.FileField(_("file"), upload_to="attachments/%Y/%m")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(help_text="bytes")
    kind = models.CharField(max_length=100, help_text="media type, by the content")
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
        indexes = Authored.indexes_named("attachment")

    def __str__(self) -> str:
        return self.name
