from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Unit(models.Model):
    """What a quantity counts: pieces, hours, kilograms."""

    code = models.CharField(
        _("code"), max_length=8, unique=True, help_text=_("of UN/ECE or OKEI, such as C62 or 796")
    )
    name = models.CharField(pgettext_lazy("of a unit", "name"), max_length=80, unique=True)
    symbol = models.CharField(_("as documents print it"), max_length=20)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.symbol
