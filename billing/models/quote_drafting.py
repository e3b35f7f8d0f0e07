from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.drafting import DraftLine
from billing.facts import quotes as facts
from billing.finding import invoice_words
from billing.models.header import begun, checked
from billing.models.paper_drafting import PRICED_BY, SUMMED_BY, PaperDrafting, refuse_by_hand
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.money import rounded

if TYPE_CHECKING:
    from billing.models.quote import Quote

# A newer version has the number of the first, and is for the same client.
OF_ALL_VERSIONS = {"account", "legal_entity"}


class QuoteDrafting(PaperDrafting):
    """How a quote is written before it is sent: header and lines. Mixed into Quote.

    Each verb locks all versions of the quote. `version` is the one the person saw; another since then is Stale.
    """

    @classmethod
    def draft(
        cls: Any,
        *,
        account: Any,
        lines: Sequence[DraftLine] = (),
        deal: Any = None,
        legal_entity: Any = None,
        currency: str | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
        **header: Any,
    ) -> "Quote":
        """A draft for the client; what is not said is usual, as of an invoice."""
        said: dict[str, Any] = {"account": account, "deal": deal, "legal_entity": legal_entity}
        with transaction.atomic():
            quote: Quote = begun(cls, **said, currency=currency, header=header, by=by, at=at)
            if quote.discount_percent is not None or quote.discount_amount is not None:
                refuse_by_hand(by)
            quote.save(force_insert=True)
            quote._write_lines(lines, by=by)
            tell(facts.QuoteDrafted(**quote.told()), by=by, at=at, cause=cause)
        return quote

    def change(
        self: Any,
        changes: dict[str, Any],
        *,
        version: int | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """Header fields. Prices by the rules are asked for again where they depend on what changed."""
        with transaction.atomic():
            quote = self._locked_draft(version)
            changes = checked(quote, changes)
            changed = {name for name, value in changes.items() if getattr(quote, name) != value}
            if not changed:
                return
            if quote.version_of_id is not None and changed & OF_ALL_VERSIONS:
                raise Refused(
                    _(
                        "A newer version is of the same own company and for the same client. Write another quote."
                    )
                )
            if {"discount_percent", "discount_amount"} & changed:
                refuse_by_hand(by)
            asked = quote.as_asked()
            if "currency" in changed:
                asked = quote._in_other_currency(changes, asked)
            for name in changed:
                setattr(quote, name, changes[name])
            quote.search_text = invoice_words(quote)
            quote.is_dated |= "dated_on" in changed
            if {*PRICED_BY, *SUMMED_BY} & changed:
                quote._write_lines(asked, by=None)
            else:
                quote._save_draft()
            told = facts.QuoteChanged(fields=sorted(changed), **quote.told())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def put_lines(
        self: Any,
        lines: Sequence[DraftLine],
        *,
        version: int | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """These lines, in this order, and no others; one with `line_id` is that line, changed."""
        with transaction.atomic():
            quote = self._locked_draft(version)
            quote._write_lines(lines, by=by)
            tell(facts.QuoteChanged(fields=["lines"], **quote.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def told(self: Any, **said: Any) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "quote_id": self.pk,
            "account_id": self.account_id,
            "deal_id": self.deal_id,
            "owner_id": self.owner_id,
            "number": self.number,
            "version_number": self.version_number,
            "amount": rounded(self.total, self.currency),
            "currency": self.currency,
        } | said

    def _locked(self: Any, version: int | None = None) -> "Quote":
        """All its versions are locked, the first one first: what one may do depends on the others."""
        # The lock first and alone: what is joined to a row that somebody changes while we wait would be old.
        quotes = type(self).objects
        list(quotes.versions_of(self).select_for_update().values_list("pk"))
        beside = (
            "account",
            "legal_entity",
            "bank_account",
            "owner",
            "deal",
            "contact",
            "price_list",
            "invoice",
        )
        quote: Quote = quotes.select_related(*beside).get(pk=self.pk)
        if version is not None and version != quote.version:
            raise Stale(
                _("Somebody else changed this quote meanwhile. Look at it again, then send your changes.")
            )
        return quote

    def _locked_draft(self: Any, version: int | None = None) -> "Quote":
        quote = self._locked(version)
        if quote.is_sent:
            raise Refused(
                _("%(quote)s was sent and does not change any more. Write a new version instead.")
                % {"quote": quote}
            )
        if not quote.is_draft:
            raise Refused(_("This draft was withdrawn."))
        return quote  # type: ignore[no-any-return]
