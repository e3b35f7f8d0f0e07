from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.rights import label_of


class Role(models.Model):
    """What a kind of colleague may do. The key is for code and import; the name is for people."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    OWN = "own", _("own records")
    DEPARTMENT = "department", _("their department's, with those below it")
    ALL = "all", _("everybody's")


class Grant(models.Model):
    """A role may do this verb to records this far."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="grants", verbose_name=_("role"))
    verb = models.CharField(_("right"), max_length=60)
    scope = models.CharField(_("how far"), max_length=10, choices=Scope, default=Scope.OWN)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["verb"]
        constraints = [
            models.UniqueConstraint(fields=["role", "verb"], name="grant_once_per_role"),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="grant_scope_known"),
        ]

    def __str__(self) -> Any:
        return f"{label_of(self.verb)}: {self.get_scope_display()}"
