from django.db import models
from django.utils.translation import gettext_lazy as _


class LossReason(models.Model):
    """Why deals are lost. A retired reason stays on old deals and is offered for no new ones."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("loss reason")
        verbose_name_plural = _("loss reasons")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
