from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.facts import quotes as facts
from billing.models.quote_states import QuoteState
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from users.models import User

if TYPE_CHECKING:
    from billing.models.quote import Quote

LONGEST_NAME, LONGEST_REASON = 120, 300


class QuoteDeciding:
    """What the client answers, through the link (`by` is nobody of ours) or told to one of us. Mixed into Quote."""

    def accept(self: Any, *, name: str, at: datetime, by: Any = None, cause: Any = None) -> bool:
        """Whether it was this time: accepted twice at once it is accepted once. `name` is who said yes."""
        name = " ".join(name.replace("\x00", "").split())[:LONGEST_NAME]
        with transaction.atomic():
            quote: Quote = self._locked()
            if quote.state == QuoteState.ACCEPTED:
                return False
            quote._refuse_unanswerable(by, at)
            if not name:
                raise Refused(_("Say who accepts it."))
            actor = quote._decide(QuoteState.ACCEPTED, name=name, by=by, at=at)
            tell(facts.QuoteAccepted(name=name, **quote.told()), by=actor, at=at, cause=cause)
        self.refresh_from_db()
        return True

    def decline(
        self: Any, *, reason: str, name: str = "", at: datetime, by: Any = None, cause: Any = None
    ) -> bool:
        """Whether it was this time. Without a name it is the client who declines."""
        reason = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
        with transaction.atomic():
            quote: Quote = self._locked()
            if quote.state == QuoteState.DECLINED:
                return False
            quote._refuse_unanswerable(by, at)
            if not reason:
                raise Refused(_("Say why it is declined."))
            name = (" ".join(name.replace("\x00", "").split()) or quote.account.name)[:LONGEST_NAME]
            quote.decline_reason = reason
            actor = quote._decide(QuoteState.DECLINED, name=name, by=by, at=at)
            tell(facts.QuoteDeclined(name=name, reason=reason, **quote.told()), by=actor, at=at, cause=cause)
        self.refresh_from_db()
        return True

    def withdraw(self: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """Nobody answers it any more; a draft of it is thrown away. It stays to be seen."""
        with transaction.atomic():
            quote: Quote = self._locked(version)
            if quote.state not in (QuoteState.DRAFT, QuoteState.SENT, QuoteState.EXPIRED):
                said = {"quote": quote, "state": quote.get_state_display()}
                raise Refused(_("%(quote)s is %(state)s: there is nothing to withdraw.") % said)
            quote.state = QuoteState.WITHDRAWN
            quote.version += 1
            quote.save(update_fields=["state", "version"])
            tell(facts.QuoteWithdrawn(**quote.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def expire(self: Any, *, by: Any, at: datetime) -> bool:
        """Once its last day is over. Whether it was this time."""
        with transaction.atomic():
            quote: Quote = self._locked()
            if not quote.is_over(at) or quote.state != QuoteState.SENT:
                return False
            quote.state = QuoteState.EXPIRED
            quote.version += 1
            quote.save(update_fields=["state", "version"])
            tell(facts.QuoteExpired(**quote.told()), by=by, at=at)
        self.refresh_from_db()
        return True

    def is_over(self: Any, at: datetime) -> bool:
        return self.valid_until is not None and self.valid_until < company_day(at)

    def may_be_answered(self: Any, at: datetime, by: Any = None) -> bool:
        """Through the link until its day; one of us writes down later what was said in time."""
        if self.state == QuoteState.SENT:
            return by is not None or not self.is_over(at)
        return by is not None and self.state == QuoteState.EXPIRED

    def _refuse_unanswerable(self: Any, by: Any, at: datetime) -> None:
        if self.may_be_answered(at, by):
            return
        if self.state == QuoteState.SENT:
            raise Refused(_("This quote was valid until %(day)s.") % {"day": self.valid_until})
        said = {"quote": self, "state": self.get_state_display()}
        raise Refused(_("%(quote)s is %(state)s: nobody answers it any more.") % said)

    def _decide(self: Any, state: str, *, name: str, by: Any, at: datetime) -> Any:
        quote: Any = self
        quote.state, quote.decided_at, quote.decided_name = state, at, name
        quote.decided_by = by or User.objects.robot()
        quote.version += 1
        quote.save(
            update_fields=[
                "state", "decided_at", "decided_name", "decided_by", "decline_reason", "version",
            ]
        )  # fmt: skip
        return quote.decided_by
