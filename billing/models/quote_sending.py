from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.drafting import cost_of
from billing.facts import quotes as facts
from billing.finding import invoice_words
from billing.guard import objections_to_quote
from billing.models.number_format import NumberedKind
from billing.models.paper import Paper
from billing.models.quote_states import QuoteState
from billing.numbering import next_number
from billing.parties import parties_of
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import base_amount

if TYPE_CHECKING:
    from billing.models.quote import Quote
    from billing.models.quote_link import QuoteLink

LONGEST = timedelta(days=365)
# What a newer version does not take over.
ANEW = {
    "id",
    "created_at",
    "created_by",
    "version",
    "dated_on",
    "rate",
    "base_total",
    "parties",
    "cost_total",
}


class QuoteSending:
    """Sending freezes a quote and makes its link; a newer version takes its place. Mixed into Quote."""

    def send(
        self: Any,
        *,
        valid_until: date,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> "QuoteLink":
        """It gets its number, unless an older version has one, and its link. Older versions that the client could
        still answer are superseded. What somebody would have to approve is sent by who may approve only."""
        from billing.models.quote_link import QuoteLink

        with transaction.atomic():
            quote: Quote = self._locked_draft(version)
            if not quote.lines.exists():
                raise Refused(_("The quote has no lines yet."))
            today = company_day(at)
            if not today <= valid_until <= today + LONGEST:
                raise Refused(_("A quote is valid at least today and at most a year."))
            _refuse_unapproved(quote, by)
            quote.valid_until = valid_until
            older = list(type(quote).objects.versions_of(quote).exclude(pk=quote.pk))
            _refuse_decided(older)
            quote._freeze(by=by, at=at)
            quote.save()
            link = QuoteLink.make(quote, by=by, at=at)
            told = facts.QuoteSent(valid_until=valid_until.isoformat(), link_id=link.pk, **quote.told())
            event = tell(told, by=by, at=at, cause=cause)
            for each in older:
                each._supersede(by=by, at=at, cause=event)
        self.refresh_from_db()
        return link

    def new_version(self: Any, *, by: Any, at: datetime, cause: Any = None) -> "Quote":
        """A draft with the same lines and prices. This one stays as it is until the newer one is sent."""
        with transaction.atomic():
            quote: Quote = self._locked()
            versions = list(type(quote).objects.versions_of(quote))
            _refuse_newer(quote, versions)
            header = [each.name for each in Paper._meta.get_fields() if each.name not in ANEW]
            made: Quote = type(quote)(
                **{name: getattr(quote, name) for name in header},
                payment_days=quote.payment_days,
                version_of_id=quote.first_key,
                version_number=max(each.version_number for each in versions) + 1,
                dated_on=company_day(at),
                created_at=at,
                created_by=by,
            )
            mine = set() if by.is_robot else {by.pk}
            made.team_ids = sorted({*quote.team_ids, *mine})
            made.save(force_insert=True)
            lines = list(quote.lines.order_by("position", "pk"))
            for line in lines:
                line.pk, line.quote = None, made
            quote.lines.model.objects.bulk_create(lines)
            tell(facts.QuoteDrafted(**made.told()), by=by, at=at, cause=cause)
        return made

    def _freeze(self: Any, *, by: Any, at: datetime) -> None:
        quote: Any = self
        if not quote.is_dated:
            quote.dated_on = company_day(at)
        quote.rate, quote.base_total = base_amount(quote.total, quote.currency, quote.dated_on)
        quote.parties = parties_of(quote)
        quote.cost_total = cost_of(quote.lines.all())
        quote.state = QuoteState.SENT
        quote.sent_at, quote.sent_by = at, by
        quote.version += 1
        if not quote.number:  # last, because others who send wait from here on
            mine = type(quote).objects.filter(legal_entity=quote.legal_entity_id)
            quote.number = next_number(
                quote.legal_entity,
                NumberedKind.QUOTE,
                quote.dated_on,
                is_taken=lambda number: mine.filter(number=number).exists(),
            )
        quote.search_text = invoice_words(quote)

    def _supersede(self: Any, *, by: Any, at: datetime, cause: Any) -> None:
        quote: Any = self
        if quote.state not in (QuoteState.SENT, QuoteState.EXPIRED):
            return
        quote.state = QuoteState.SUPERSEDED
        quote.version += 1
        quote.save(update_fields=["state", "version"])
        tell(facts.QuoteSuperseded(**quote.told()), by=by, at=at, cause=cause)


def _refuse_unapproved(quote: Any, by: Any) -> None:
    reasons = objections_to_quote(quote)
    if reasons and not by.reaches(quote, "billing.approve"):
        raise Refused(_("Somebody who may approve it has to send it. %(why)s") % {"why": " ".join(reasons)})


def _refuse_decided(older: list[Any]) -> None:
    for each in older:
        if each.state == QuoteState.ACCEPTED:
            raise Refused(_("%(quote)s was accepted meanwhile. Write another quote.") % {"quote": each})


def _refuse_newer(quote: Any, versions: list[Any]) -> None:
    if quote.is_draft:
        raise Refused(_("It is a draft still: change it."))
    if not quote.is_sent:
        raise Refused(_("This draft was withdrawn."))
    if quote.state == QuoteState.ACCEPTED:
        raise Refused(_("%(quote)s was accepted. Write another quote.") % {"quote": quote})
    for each in versions:
        if each.version_number > quote.version_number and (each.is_draft or each.is_sent):
            raise Refused(_("There is a newer one already: %(quote)s.") % {"quote": each})
