from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from processes.models.run import Run


class OutMessage(models.Model):
    """A mail or a webhook that leaves the house, written in the transaction of the step that wants it.

    It is marked as being sent before it is, so that a worker's death in between leaves it *unknown*: it may have
    arrived, and somebody decides whether to send it again, under the same key, by which the other side can tell.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("mail")
        WEBHOOK = "webhook", _("webhook")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("perhaps sent")
        FAILED = "failed", _("not sent")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="messages")
    node = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    to = models.CharField(_("to"), max_length=500)
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(_("why not"), blank=True)
    made_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name = _("message sent out")
        verbose_name_plural = _("messages sent out")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "unknown", "failed"]),
                name="out_message_state_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="out_message_due", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(
                fields=["-made_at"], name="out_message_trouble", condition=Q(state__in=["unknown", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to}"
