from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import facts
from billing.models.invoice import Invoice, InvoiceState
from billing.models.public_link import PublicLink, PublicOpening
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell

LONGEST = timedelta(days=730)


class InvoiceLink(PublicLink):
    """An address by which whoever has it reads one invoice and its PDF."""

    SALT, OF, DOOR = "billing.invoice_link", "invoice", "billing:open"
    BESIDE = ("legal_entity", "account", "owner")
    UNSHARED, OPENED = facts.InvoiceUnshared, facts.InvoiceOpened

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="links", verbose_name=gettext_lazy("invoice")
    )

    class Meta:
        verbose_name = gettext_lazy("link to an invoice")
        verbose_name_plural = gettext_lazy("links to invoices")
        ordering = ["-pk"]

    @classmethod
    def make(
        cls, invoice: Any, *, expires_on: date, by: Any, at: datetime, cause: Any = None
    ) -> "InvoiceLink":
        """Only of what was issued: a draft is nobody's but ours."""
        today = company_day(at)
        if invoice.state == InvoiceState.DISCARDED or not invoice.is_issued:
            raise Refused(_("Issue the invoice first: a draft is shown to nobody outside."))
        if not today <= expires_on <= today + LONGEST:
            raise Refused(_("A link opens at least today and at most two years."))
        with transaction.atomic():
            link = cls.objects.create(invoice=invoice, expires_on=expires_on, made_at=at, made_by=by)
            tell(facts.InvoiceShared(**invoice.told(), link_id=link.pk), by=by, at=at, cause=cause)
        return link


class InvoiceOpening(PublicOpening):
    """Somebody opened a link: when, from which network, the page or the file."""

    class What(models.TextChoices):
        PAGE = "page", gettext_lazy("page")
        FILE = "file", gettext_lazy("file")

    link = models.ForeignKey(InvoiceLink, models.CASCADE, related_name="openings")
    what = models.CharField(max_length=4, choices=What)

    class Meta:
        verbose_name = gettext_lazy("opening of a link")
        verbose_name_plural = gettext_lazy("openings of links")
        ordering = ["-at", "-pk"]
