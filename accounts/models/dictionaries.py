"""The short lists an administrator keeps: industries, sources, tags. Retired words stay on old records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """By which a client or a contact is reached."""

    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    CHAT = "chat", _("messenger")
    SMS = "sms", _("text message")
    POST = "post", _("letter on paper")
    VISIT = "visit", _("meeting in person")


class Word(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    is_retired = models.BooleanField(
        _("retired"), default=False, help_text=_("kept on old records, offered for no new ones")
    )

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Industry(Word):
    class Meta(Word.Meta):
        verbose_name = _("industry")
        verbose_name_plural = _("industries")


class Source(Word):
    """Where a client or a deal came from: a channel of acquisition."""

    class Meta(Word.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")


class Tag(Word):
    class Meta(Word.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
