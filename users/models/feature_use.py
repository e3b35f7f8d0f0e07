from django.db import models
from django.utils.translation import gettext_lazy as _


class FeatureUse(models.Model):
    """How often a page was opened and how often something was done there, by day and role. Never by person."""

    day = models.DateField()
    role = models.CharField(max_length=60, blank=True, help_text="keys of the roles, in order")
    feature = models.CharField(max_length=100, help_text="the name of the address")
    opened = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("feature use")
        verbose_name_plural = _("feature uses")
        ordering = ["-day", "feature", "role"]
        constraints = [models.UniqueConstraint(fields=["day", "role", "feature"], name="feature_use_once")]

    def __str__(self) -> str:
        return f"{self.feature} {self.day}"
