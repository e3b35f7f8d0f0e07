from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import facts
from billing.models.invoice import Invoice, InvoiceState
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

SALT = "billing.invoice_link"
LONGEST = timedelta(days=730)


class InvoiceLink(models.Model):
    """An address by which whoever has it reads one invoice without signing in, until a day or until it is revoked.

    The address is signed, not kept: who reads the table cannot open it.
    """

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, related_name="links", verbose_name=gettext_lazy("invoice")
    )
    expires_on = models.DateField(gettext_lazy("opens until"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_opened_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = gettext_lazy("link to an invoice")
        verbose_name_plural = gettext_lazy("links to invoices")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.invoice}, {self.expires_on}"

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

    @classmethod
    def found_by(cls, token: str, at: datetime) -> "InvoiceLink | None":
        """None where it is forged, revoked or too old: a stranger learns nothing of which."""
        try:
            pk = int(signing.loads(token, salt=SALT))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        standing = cls.objects.filter(pk=pk, revoked_at=None, expires_on__gte=company_day(at))
        return standing.select_related("invoice__legal_entity", "invoice__account", "invoice__owner").first()

    @property
    def token(self) -> str:
        return signing.dumps(self.pk, salt=SALT)

    @property
    def path(self) -> str:
        return reverse("billing:open", args=[self.token])

    def is_open(self, on: date) -> bool:
        return self.revoked_at is None and self.expires_on >= on

    def revoke(self, *, by: Any, at: datetime) -> None:
        """At once; a second time changes nothing."""
        with transaction.atomic():
            link = InvoiceLink.objects.select_for_update().get(pk=self.pk)
            if link.revoked_at is not None:
                return
            link.revoked_at, link.revoked_by = at, by
            link.save(update_fields=["revoked_at", "revoked_by"])
            tell(facts.InvoiceUnshared(**link.invoice.told(), link_id=link.pk), by=by, at=at)
        self.refresh_from_db()

    def note_opening(self, *, source: str, what: str, by: Any, at: datetime) -> None:
        """Who looks is written down; the first look of a day is told, the others are only counted."""
        with transaction.atomic():
            link = InvoiceLink.objects.select_for_update().select_related("invoice").get(pk=self.pk)
            before = link.last_opened_at
            InvoiceOpening.objects.create(link=link, at=at, source=source[:45], what=what)
            link.last_opened_at = at
            link.save(update_fields=["last_opened_at"])
            if before is None or company_day(before) != company_day(at):
                tell(facts.InvoiceOpened(**link.invoice.told(), link_id=link.pk), by=by, at=at)


class InvoiceOpening(models.Model):
    """Somebody opened a link: when, from which network, the page or the file."""

    class What(models.TextChoices):
        PAGE = "page", gettext_lazy("page")
        FILE = "file", gettext_lazy("file")

    link = models.ForeignKey(InvoiceLink, models.CASCADE, related_name="openings")
    at = models.DateTimeField()
    source = models.CharField(max_length=45, blank=True, help_text="the network, not the whole address")
    what = models.CharField(max_length=4, choices=What)

    class Meta:
        verbose_name = gettext_lazy("opening of a link")
        verbose_name_plural = gettext_lazy("openings of links")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.at:%Y-%m-%d %H:%M}"
