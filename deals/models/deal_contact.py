from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from deals.models.deal import Deal


class DealContactRole(models.TextChoices):
    DECIDES = "decides", _("decides")
    INFLUENCES = "influences", _("influences")
    USES = "uses", _("will use it")
    PAYS = "pays", _("pays")
    OTHER = "other", _("other")


class DealContact(models.Model):
    """A person at the client who takes part in a deal, and as what."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="deal_contacts", verbose_name=_("deal"))
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="deal_contacts", verbose_name=_("contact")
    )
    role = models.CharField(
        _("role"), max_length=10, choices=DealContactRole, default=DealContactRole.DECIDES
    )

    class Meta:
        verbose_name = _("contact of a deal")
        verbose_name_plural = _("contacts of a deal")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["deal", "contact"], name="deal_contact_once")]

    def __str__(self) -> str:
        return str(self.contact)
