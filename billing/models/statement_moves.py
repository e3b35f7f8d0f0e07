from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from foundation.errors import Refused, Stale
from foundation.facts import tell

if TYPE_CHECKING:
    from billing.models.payment import Payment
    from billing.models.statement import StatementLine


class StatementLineMoves:
    """What a person decides about a line of a bank statement. Mixed into StatementLine.

    Locks: its payment first, then the line; invoices come after, as in billing/settling.py.
    """

    def confirm(
        self: Any, invoice: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """It pays this invoice, the earliest instalments first. What is over stays the client's."""
        from billing.allocating import parts_of

        with transaction.atomic():
            line, payment = self._locked_waiting(version)
            parts = parts_of(payment, invoice)
            if not parts:
                raise Refused(_("Nothing of %(number)s is left to pay.") % {"number": invoice})
            line._decided("done", invoice, by=by, at=at)
            told = line.told(account_id=invoice.account_id, invoice_id=invoice.pk, number=invoice.number)
            event = tell(facts.StatementLineConfirmed(**told), by=by, at=at, cause=cause)
            payment.allocate(parts, by=by, at=at, cause=event)
        self.refresh_from_db()

    def choose_client(
        self: Any, account: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """It is this client's money, and settles nothing yet."""
        with transaction.atomic():
            line, payment = self._locked_waiting(version)
            line._decided("done", by=by, at=at)
            told = line.told(account_id=account.pk, invoice_id=None, number="")
            event = tell(facts.StatementLineConfirmed(**told), by=by, at=at, cause=cause)
            payment.tell_whose(account, by=by, at=at, cause=event)
        self.refresh_from_db()

    def ignore(
        self: Any,
        *,
        reason: str,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """No client's money: its payment is voided, with the reason."""
        reason = " ".join(reason.split())[:300]
        if not reason:
            raise Refused(_("Say why the line is ignored."))
        with transaction.atomic():
            line, payment = self._locked_waiting(version)
            line.ignore_reason = reason
            line._decided("ignored", by=by, at=at)
            told = line.told(account_id=payment.account_id, reason=reason)
            event = tell(facts.StatementLineIgnored(**told), by=by, at=at, cause=cause)
            payment.void(reason=reason, by=by, at=at, cause=event)
        self.refresh_from_db()

    def look_again(self: Any, *, by: Any, at: datetime, cause: Any = None) -> bool:
        """Matched anew, with what is known by now; whether it is certain, and paid."""
        from billing.bank.receiving import look_again

        paid = look_again(type(self).objects.filter(pk=self.pk), by=by, at=at, cause=cause)
        self.refresh_from_db()
        return bool(paid)

    def told(self: Any, **said: Any) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "statement_id": self.statement_id,
            "line_id": self.pk,
            "payment_id": self.payment_id,
            "amount": self.amount,
            "currency": self.currency,
        } | said

    def _decided(self: Any, state: str, invoice: Any = None, *, by: Any, at: datetime) -> None:
        """What spoke for another invoice than this one is forgotten."""
        line: Any = self
        if invoice is None or invoice.pk != line.suggested_invoice_id:
            line.suggested_invoice, line.confidence, line.reasons = invoice, 0, []
        line.state, line.decided_by, line.decided_at = state, by, at
        line.version += 1
        line.save()

    def _locked_waiting(self: Any, version: int | None) -> "tuple[StatementLine, Payment]":
        from billing.models.payment import Payment

        model = type(self)
        if self.payment_id is None:
            raise Refused(_("Money that went out pays no invoice of ours."))
        Payment.objects.select_for_update().values_list("pk").get(pk=self.payment_id)
        model.objects.select_for_update().values_list("pk").get(pk=self.pk)
        line: Any = model.objects.select_related("payment").get(pk=self.pk)
        if version is not None and version != line.version:
            raise Stale(_("Somebody else decided about this line meanwhile. Look at it again."))
        if not line.is_waiting:
            raise Refused(_("What this line is was decided already."))
        return line, line.payment
