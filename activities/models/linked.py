"""What an activity is about: a client, a person there, a deal. Real foreign keys, any of them or none."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from deals.models import Deal
from foundation.errors import Refused


class Linked(models.Model):
    """Mixed into every activity. A deal or a contact brings its client along; two clients at once are refused."""

    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        db_index=False,
        verbose_name=gettext_lazy("client"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        db_index=False,
        verbose_name=gettext_lazy("contact"),
    )
    deal = models.ForeignKey(
        Deal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        db_index=False,
        verbose_name=gettext_lazy("deal"),
    )

    class Meta:
        abstract = True

    def settle_links(self) -> None:
        """Fill in the client from the deal or the contact. Refused where they belong to different clients."""
        for beside in (self.deal, self.contact):
            its = beside.account_id if beside is not None else None
            if its is None:
                continue
            if self.account_id is None:
                self.account_id = its
            elif self.account_id != its:
                raise Refused(_("“%(name)s” belongs to another client.") % {"name": beside})

    def links(self) -> dict[str, Any]:
        """The keys, as facts carry them."""
        return {"account_id": self.account_id, "contact_id": self.contact_id, "deal_id": self.deal_id}
