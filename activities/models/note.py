from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.authored import Authored


class Note(Authored):
    """What a colleague wants everybody who sees the client to know."""

    text = models.TextField(_("text"))
    is_pinned = models.BooleanField(_("pinned"), default=False)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-pk"]
        indexes = Authored.indexes_named("note")

    def __str__(self) -> str:
        return self.text[:60]
