from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from users.models import User


class Territory(models.Model):
    """A part of the world somebody answers for. Which clients lie in it is read from their addresses."""

    name = models.CharField(pgettext_lazy("of a territory", "name"), max_length=120, unique=True)
    person = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="territories",
        verbose_name=_("who answers for it"),
        limit_choices_to={"is_active": True, "is_robot": False},
    )

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class TerritoryPlace(models.Model):
    """Addresses that lie in a territory: of a country, a city, or with postcodes that begin so. What is empty is not
    asked for."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="places")
    country = models.CharField(_("country"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode begins with"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["country", "city", "postcode", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(country="", city="", postcode=""), name="territory_place_says_something"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.postcode, self.city, self.country) if part)
