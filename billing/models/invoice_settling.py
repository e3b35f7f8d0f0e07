from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from foundation.errors import Refused
from foundation.facts import tell

if TYPE_CHECKING:
    from billing.models.invoice import Invoice


class InvoiceSettling:
    """What takes back an issued invoice, or a part of it, without money coming. Mixed into Invoice.

    Credits and write-offs settle the latest due instalment first. What a credit note does not settle is the client's:
    it settles other invoices, or is paid back.
    """

    def credit(
        self: Any,
        *,
        reason: str,
        lines: Sequence[tuple[int, Decimal]] | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> "Invoice":
        """A credit note over these (line, quantity), or over all that is left of every line. Issued at once."""
        from billing.crediting import credit_note_of, left_to_credit

        reason = " ".join(reason.split())
        if not reason:
            raise Refused(_("Say why the invoice is credited."))
        with transaction.atomic():
            invoice: Invoice = self._locked_issued()
            left = left_to_credit(invoice)
            wanted = (
                _quantities(lines)
                if lines is not None
                else {key: each.quantity for key, each in left.items()}
            )
            note = credit_note_of(invoice, left, wanted, reason=reason, by=by, at=at)
            told = invoice.told(amount=note.total)
            event = tell(
                facts.InvoiceCredited(credit_note_id=note.pk, credit_note=note.number, reason=reason, **told),
                by=by,
                at=at,
                cause=cause,
            )
            note.settle_latest_of(invoice, by=by, at=at, cause=event)
        self.refresh_from_db()
        note.refresh_from_db()
        return note

    def write_off(
        self: Any,
        *,
        reason: str,
        amount: Decimal | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """What nobody will pay any more: so much, or all that is due."""
        from billing.models.payment import AllocationKind
        from billing.settling import Source, latest_first, money_of, settle, whole_units

        reason = " ".join(reason.split())
        if not reason:
            raise Refused(_("Say why the invoice is written off."))
        with transaction.atomic():
            invoice: Invoice = self._locked_issued()
            amount = invoice.due if amount is None else whole_units(amount, invoice.currency)
            if not invoice.due:
                raise Refused(_("Nothing of %(number)s is due any more.") % {"number": invoice})
            if amount > invoice.due:
                raise Refused(
                    _("Only %(due)s of %(number)s is due.")
                    % {"due": money_of(invoice.due, invoice.currency), "number": invoice}
                )
            source = Source(kind=AllocationKind.WRITE_OFF, reason=reason, invoices={invoice.pk: invoice})
            settle(latest_first(invoice, amount), source, by=by, at=at)
            told = facts.InvoiceWrittenOff(reason=reason, **invoice.told(amount=amount))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def take_back_write_off(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """All that was written off is due again, such as when the client pays after all."""
        from billing.models.payment import AllocationKind
        from billing.settling import let_go

        with transaction.atomic():
            invoice: Invoice = self._locked_issued()
            standing = invoice.allocations.filter(kind=AllocationKind.WRITE_OFF, released_at__isnull=True)
            written_off, amount = list(standing.order_by("pk")), invoice.written_off
            if not written_off:
                raise Refused(_("Nothing of %(number)s is written off.") % {"number": invoice})
            let_go(written_off, {invoice.pk: invoice}, by=by, at=at)
            told = facts.InvoiceWriteOffReleased(**invoice.told(amount=amount))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def use(
        self: Any, parts: Sequence[tuple[int, Decimal]], *, by: Any, at: datetime, cause: Any = None
    ) -> None:
        """What a credit note has left settles these instalments (key, amount) of the same client's invoices."""
        from billing.models.payment import AllocationKind
        from billing.settling import Source, locked_for, settle, whole_units

        with transaction.atomic():
            instalments, invoices = locked_for([key for key, _amount in parts], beside=[self.pk])
            note: Invoice = invoices[self.pk]
            if not note.is_credit_note or not note.is_issued:
                raise Refused(_("Only a credit note can be used to settle invoices."))
            asked = [(instalments[key], whole_units(amount, note.currency)) for key, amount in parts]
            whole = sum((amount for _instalment, amount in asked), Decimal(0))
            note._refuse_others({invoices[each.invoice_id] for each, _amount in asked})
            note._take(whole, at=at)
            source = Source(kind=AllocationKind.CREDIT, credit_note=note, invoices=invoices)
            settle(_at_par(asked), source, by=by, at=at)
            note._tell_used(
                whole, [invoices[each.invoice_id] for each, _amount in asked], by=by, at=at, cause=cause
            )
        self.refresh_from_db()

    def settle_latest_of(self: Any, invoice: "Invoice", *, by: Any, at: datetime, cause: Any = None) -> None:
        """A fresh credit note settles what is due of the invoice it corrects; both are locked."""
        from billing.models.payment import AllocationKind
        from billing.settling import Source, latest_first, settle

        amount = min(self.due, invoice.due)
        if not amount:
            return
        self._take(amount, at=at)
        source = Source(
            kind=AllocationKind.CREDIT,
            credit_note=self,
            reason=self.correction_reason,
            invoices={invoice.pk: invoice},
        )
        settle(latest_first(invoice, amount), source, by=by, at=at)

    def pay_back(
        self: Any, amount: Decimal, *, paid_on: date, by: Any, at: datetime, cause: Any = None
    ) -> Any:
        """What a credit note has left goes back to the client: a payment out."""
        from billing.models.payment import Payment
        from billing.settling import money_of, whole_units

        with transaction.atomic():
            note: Invoice = self._locked()
            if not note.is_credit_note or not note.is_issued:
                raise Refused(_("Only what a credit note left is paid back. Credit the invoice first."))
            amount = whole_units(amount, note.currency)
            if amount > note.due:
                raise Refused(
                    _("Only %(left)s of %(number)s is left.")
                    % {"left": money_of(note.due, note.currency), "number": note}
                )
            payment = Payment.paid_out(note, amount, paid_on=paid_on, returns_credit_note=note, by=by, at=at)
            note.paid += amount
            note.reckon_note(at=at)
            payment.tell_returned(by=by, at=at, cause=cause)
        self.refresh_from_db()
        return payment

    def reckon_note(self: Any, *, at: datetime) -> None:
        """A credit note after what was used of it, or paid back, changed: `credited` and `paid` are said already."""
        from billing.settling import state_of

        self.due = self.total - self.paid - self.credited
        self.state = state_of(self)
        self.settled_at = None if self.due else at
        self.version += 1
        self.save(update_fields=["paid", "credited", "due", "state", "settled_at", "version"])

    def _take(self: Any, amount: Decimal, *, at: datetime) -> None:
        """Of a credit note: this much is used from now on, or comes back where it is below nothing."""
        from billing.settling import money_of

        if amount > self.due:
            raise Refused(
                _("Only %(left)s of %(number)s is left.")
                % {"left": money_of(self.due, self.currency), "number": self}
            )
        self.credited += amount
        self.reckon_note(at=at)

    def _refuse_others(self: Any, invoices: set[Any]) -> None:
        for invoice in invoices:
            if invoice.account_id != self.account_id:
                raise Refused(_("%(number)s is another client's.") % {"number": invoice})
            if invoice.legal_entity_id != self.legal_entity_id:
                raise Refused(_("%(number)s was issued by another own company.") % {"number": invoice})
            if invoice.currency != self.currency:
                raise Refused(_("A credit note settles invoices in its own currency."))

    def _tell_used(
        self: Any, amount: Decimal, invoices: Sequence[Any], *, by: Any, at: datetime, cause: Any
    ) -> None:
        named = {each.pk: each.number for each in invoices}
        told = facts.CreditNoteUsed(
            invoice_ids=sorted(named),
            numbers=[named[key] for key in sorted(named)],
            **self.told(amount=amount),
        )
        tell(told, by=by, at=at, cause=cause)

    def _locked_issued(self: Any) -> "Invoice":
        invoice: Invoice = self._locked()
        if not invoice.is_issued:
            raise Refused(_("The invoice is not issued yet: change it or discard it."))
        if invoice.is_credit_note:
            raise Refused(_("A credit note is not credited or written off."))
        return invoice


def _quantities(lines: Sequence[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """One line named twice counts together."""
    wanted: dict[int, Decimal] = {}
    for key, quantity in lines:
        if quantity <= 0:
            raise Refused(_("The quantity to credit must be more than nothing."))
        wanted[key] = wanted.get(key, Decimal(0)) + quantity
    return wanted


def _at_par(asked: Sequence[tuple[Any, Decimal]]) -> list[Any]:
    from billing.settling import Part

    return [Part(instalment=instalment, amount=amount, taken=amount) for instalment, amount in asked]
