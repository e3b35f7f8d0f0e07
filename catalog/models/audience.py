from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Territory
from accounts.models.dictionaries import Industry, Tag

AUDIENCE = ("tag", "industry", "territory")


class Audience(models.Model):
    """For which clients something is: those for whom all that is named fits; everybody, where nothing is named."""

    tag = models.ForeignKey(
        Tag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("clients with the tag")
    )
    industry = models.ForeignKey(
        Industry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clients of the industry"),
    )
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clients in the territory"),
    )

    class Meta:
        abstract = True

    @property
    def is_for_everybody(self) -> bool:
        return not any(getattr(self, f"{name}_id") for name in AUDIENCE)

    def fits_client(self: Any, client: Any) -> bool:
        """`client`: a catalog.pricing.book.Client."""
        return (
            self.tag_id in {None, *client.tag_ids}
            and self.industry_id in (None, client.industry_id)
            and self.territory_id in (None, client.territory_id)
        )
