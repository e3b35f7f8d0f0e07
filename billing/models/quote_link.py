from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.facts import quotes as facts
from billing.models.public_link import PublicLink, PublicOpening
from billing.models.quote import Quote
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell

# How long it still says what became of the quote, and where the newest one is.
AFTERWARDS = timedelta(days=365)


class QuoteLink(PublicLink):
    """An address by which whoever has it reads one quote and answers it."""

    SALT, OF, DOOR = "billing.quote_link", "quote", "billing:quote_open"
    BESIDE = ("legal_entity", "account", "owner")
    UNSHARED, OPENED = facts.QuoteUnshared, facts.QuoteOpened

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="links", verbose_name=gettext_lazy("quote"))

    class Meta:
        verbose_name = gettext_lazy("link to a quote")
        verbose_name_plural = gettext_lazy("links to quotes")
        ordering = ["-pk"]

    @classmethod
    def make(cls, quote: Any, *, by: Any, at: datetime) -> "QuoteLink":
        """By the verb that sends the quote, which tells of it."""
        until = quote.valid_until + AFTERWARDS
        return cls.objects.create(quote=quote, expires_on=until, made_at=at, made_by=by)

    @classmethod
    def renew(cls, quote: Any, *, by: Any, at: datetime) -> "QuoteLink":
        """Those there are open nothing any more; another does."""
        if not quote.is_sent:
            raise Refused(_("Send the quote first: a draft is shown to nobody outside."))
        with transaction.atomic():
            for link in cls.objects.filter(quote=quote, revoked_at=None):
                link.revoke(by=by, at=at)
            made = cls.make(quote, by=by, at=at)
            tell(facts.QuoteShared(**quote.told(), link_id=made.pk), by=by, at=at)
        return made

    def newer(self, at: datetime) -> "QuoteLink | None":
        """Of the newest version that was sent, if that is another one."""
        first = self.quote.first_key
        links = QuoteLink.objects.filter(
            Q(quote__version_of=first) | Q(quote=first),
            quote__version_number__gt=self.quote.version_number,
            quote__sent_at__isnull=False,
            revoked_at=None,
            expires_on__gte=company_day(at),
        )
        return links.order_by("-quote__version_number", "-pk").first()


class QuoteOpening(PublicOpening):
    """Somebody opened the link of a quote, or answered through it: when, from which network."""

    class What(models.TextChoices):
        PAGE = "page", gettext_lazy("page")
        ANSWER = "answer", gettext_lazy("answer")

    link = models.ForeignKey(QuoteLink, models.CASCADE, related_name="openings")
    what = models.CharField(max_length=6, choices=What)

    class Meta:
        verbose_name = gettext_lazy("opening of a link to a quote")
        verbose_name_plural = gettext_lazy("openings of links to quotes")
        ordering = ["-at", "-pk"]
