import pghistory
import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.drafting import DraftLine, asked_of
from billing.models.invoice import Invoice
from billing.models.paper import Paper
from billing.models.paper_line import PaperLine
from billing.models.quote_deciding import QuoteDeciding
from billing.models.quote_drafting import QuoteDrafting
from billing.models.quote_invoicing import QuoteInvoicing
from billing.models.quote_sending import QuoteSending
from billing.models.quote_states import NEVER_SENT, QuoteState
from billing.models.quote_stays import OfSent, sent_stays
from billing.quotes_found import QuoteQuerySet
from users.models import User


@pghistory.track(exclude=["search_text"], model_name="QuoteHistory")
class Quote(QuoteDrafting, QuoteSending, QuoteDeciding, QuoteInvoicing, Paper):
    """What we offer a client, at which prices, until a day. Its number is given when it is first sent; from then on
    it stays as it was, and a change is another version of it.

    All versions name the first one (`version_of`) and share its number. Of them one at most is open to be accepted.
    """

    is_credit_note = False  # what a paper is asked by the guard

    state = models.CharField(
        _("state"), max_length=10, choices=QuoteState, default=QuoteState.DRAFT, editable=False
    )
    version_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later_versions",
        db_index=False,
        verbose_name=_("version of"),
        editable=False,
    )
    version_number = models.PositiveIntegerField(_("version"), default=1, editable=False)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    is_dated = models.BooleanField(default=False, editable=False)  # somebody said its date: sending leaves it
    valid_until = models.DateField(_("valid until"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    # Who wrote it down: the robot for who answered through the link, whose name is `decided_name`.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    decided_name = models.CharField(_("who decided"), max_length=120, blank=True, editable=False)
    decline_reason = models.CharField(_("why it was declined"), max_length=300, blank=True, editable=False)
    invoice = models.ForeignKey(
        Invoice, models.SET_NULL, null=True, related_name="quotes", verbose_name=_("invoice"), editable=False
    )

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "number", "version_number"],
                condition=~Q(number=""),
                name="quote_number_once",
            ),
            models.UniqueConstraint(fields=["version_of", "version_number"], name="quote_version_once"),
            models.CheckConstraint(
                condition=Q(version_of__isnull=True, version_number=1)
                | Q(version_of__isnull=False, version_number__gt=1),
                name="quote_versions_count",
            ),
            models.CheckConstraint(
                condition=Q(state__in=NEVER_SENT, sent_at__isnull=True)
                | (
                    Q(sent_at__isnull=False, valid_until__isnull=False)
                    & ~Q(number="")
                    & ~Q(state=QuoteState.DRAFT)
                ),
                name="quote_numbered_when_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[QuoteState.ACCEPTED, QuoteState.DECLINED])
                | (Q(decided_at__isnull=False) & ~Q(decided_name="")),
                name="quote_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="quote_total_adds_up"),
        ]
        indexes = [
            models.Index(fields=["-dated_on", "-id"], name="quote_by_date"),
            models.Index(fields=["owner", "-dated_on", "-id"], name="quote_of_owner"),
            models.Index(fields=["account", "-dated_on", "-id"], name="quote_of_account"),
            models.Index(fields=["state", "-dated_on", "-id"], name="quote_by_state"),
            models.Index(fields=["valid_until", "id"], name="quote_by_end", condition=Q(state="sent")),
            GinIndex(fields=["team_ids"], name="quote_team"),
            GinIndex(OpClass(F("search_text"), name="gin_trgm_ops"), name="quote_search"),
        ]
        triggers = sent_stays()

    def __str__(self) -> str:
        name = self.number or str(_("Draft %(pk)s") % {"pk": self.pk})
        if self.version_number == 1:
            return name
        return str(_("%(number)s, version %(version)s") % {"number": name, "version": self.version_number})

    def get_absolute_url(self) -> str:
        return reverse("billing:quote", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == QuoteState.DRAFT

    @property
    def is_sent(self) -> bool:
        """It was, whatever became of it."""
        return self.sent_at is not None

    @property
    def first_key(self) -> int:
        """Of the first version."""
        return self.version_of_id or self.pk


class QuoteLine(PaperLine):
    """A line of a quote."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines", verbose_name=_("quote"))
    asked_price = models.DecimalField(max_digits=18, decimal_places=4, null=True, editable=False)

    class Meta:
        verbose_name = _("line of a quote")
        verbose_name_plural = _("lines of a quote")
        ordering = ["quote", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "position"], name="quote_line_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="quote_line_adds_up"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_some"),
        ]
        triggers = [OfSent(name="of_sent", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete)]

    def as_asked(self) -> DraftLine:
        return asked_of(self)
