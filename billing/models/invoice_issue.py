from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.credit import hold
from billing.drafting import cost_of
from billing.finding import invoice_words
from billing.guard import objections
from billing.numbering import next_number
from billing.parties import parties_of
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell
from foundation.money import base_amount

if TYPE_CHECKING:
    from billing.models.invoice import Invoice


class InvoiceIssue:
    """Issuing freezes everything: number, rate, parties, cost, instalments. Mixed into Invoice."""

    def issue(self: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """Gives it its number. One that nobody dated is of this day. Refused where it is empty, where somebody has
        to approve it first, and where no rate of its currency is known."""
        with transaction.atomic():
            invoice: Invoice = self._locked_draft(version)
            invoice._refuse_empty()
            invoice._refuse_unapproved(company_day(at))
            if not invoice.is_dated:
                invoice.dated_on = company_day(at)
            invoice._open_instalments()
            invoice._freeze(by=by, at=at)
            invoice.save()
            told = facts.InvoiceIssued(base_amount=invoice.base_total or Decimal(0), **invoice.told())
            event = tell(told, by=by, at=at, cause=cause)
            if not invoice.due:
                tell(facts.InvoicePaid(**invoice.told()), by=by, at=at, cause=event)
        self.refresh_from_db()

    def _refuse_empty(self: Any) -> None:
        if not self.lines.exists():
            raise Refused(_("The invoice has no lines yet."))

    def _refuse_unapproved(self: Any, on: date) -> None:
        """What somebody approved goes; what nobody had to look at is looked at again, since its client may owe more."""
        from billing.models.invoice import InvoiceState

        hold(self.account_id, on)
        if self.state == InvoiceState.APPROVED and not self.was_let_through:
            return
        if self.state == InvoiceState.WAITING:
            raise Refused(_("The invoice waits for approval."))
        if reasons := objections(self, on=on):
            raise Refused(
                _("Somebody has to approve the invoice first. %(why)s") % {"why": " ".join(reasons)}
            )

    def _open_instalments(self: Any) -> None:
        """The single one, due after the days to pay, where nobody made a schedule."""
        had = list(self.instalments.all())
        if not had:
            due_on = self.dated_on + timedelta(days=self.payment_days)
            self._write_instalments([(due_on, self.total)])
        elif sum((each.amount for each in had), Decimal(0)) != self.total:
            raise Refused(_("The instalments do not come to the total. Make the schedule anew."))
        self.instalments.filter(amount__gt=0).update(is_open=True)

    def _freeze(self: Any, *, by: Any, at: datetime) -> None:
        from billing.models.invoice import InvoiceState

        invoice: Any = self
        invoice.rate, invoice.base_total = base_amount(invoice.total, invoice.currency, invoice.dated_on)
        invoice.parties = parties_of(invoice)
        invoice.cost_total = cost_of(invoice.lines.all())
        invoice.due = invoice.total
        first = invoice.instalments.filter(is_open=True).order_by("due_on")
        invoice.due_on = first.values_list("due_on", flat=True).first()
        invoice.state = InvoiceState.ISSUED if invoice.due else InvoiceState.PAID
        invoice.issued_at, invoice.issued_by = at, by
        invoice.settled_at = None if invoice.due else at
        invoice.version += 1
        invoice._number(invoice.dated_on)

    def _number(self: Any, on: date) -> None:
        """Last, because others who issue wait from here on."""
        model = type(self)
        mine = model.objects.filter(legal_entity=self.legal_entity_id, kind=self.kind)
        self.number = next_number(
            self.legal_entity, self.kind, on, is_taken=lambda number: mine.filter(number=number).exists()
        )
        self.search_text = invoice_words(self)
