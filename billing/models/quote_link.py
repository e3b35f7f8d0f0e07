from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from billing import quote_facts as facts
from billing.models.public_link import PublicLink, PublicOpening
from billing.models.quote import Quote

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
