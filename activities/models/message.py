from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models.authored import Authored
from activities.models.call import Direction


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
