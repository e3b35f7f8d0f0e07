from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.facts import records as facts
from activities.models.authored import Authored, worded
from activities.models.call import Direction
from foundation.errors import Refused
from foundation.facts import tell


class MessageChannel(models.TextChoices):
    MAIL = "mail", _("e-mail")
    CHAT = "chat", _("messenger")
    SMS = "sms", _("text message")
    LETTER = "letter", _("letter on paper")


class Message(Authored):
    """Correspondence kept on the client's card, whichever way it went."""

    channel = models.CharField(
        _("channel"), max_length=6, choices=MessageChannel, default=MessageChannel.MAIL
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.OUT)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=MessageChannel.values), name="message_channel_known"
            ),
        ]
        indexes = Authored.indexes_named("message")

    def __str__(self) -> str:
        return self.subject or self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("activities:message", args=[self.pk])

    @classmethod
    def log(
        cls,
        *,
        by: Any,
        at: datetime,
        channel: str = MessageChannel.MAIL,
        direction: str = Direction.OUT,
        subject: str = "",
        text: str = "",
        cause: Any = None,
        **links: Any,
    ) -> "Message":
        """Correspondence of a moment, kept with the client."""
        subject, text = " ".join(worded(subject).split())[:200], worded(text)
        if not subject and not text:
            raise Refused(gettext("Write what it said, or at least its subject."))
        with transaction.atomic():
            said: dict[str, Any] = {
                "channel": channel,
                "direction": direction,
                "subject": subject,
                "text": text,
            }
            message = cls.written(author=by, at=at, **said, **links)
            message.save(force_insert=True)
            tell(facts.MessageLogged(**message.named()), by=by, at=at, cause=cause)
        return message

    def named(self) -> dict[str, Any]:
        return {
            "message_id": self.pk,
            "channel": self.channel,
            "direction": self.direction,
            "subject": self.subject,
            **self.links(),
        }
