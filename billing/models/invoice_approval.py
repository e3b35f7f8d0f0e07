from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.guard import approvers, objections
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.facts import tell

if TYPE_CHECKING:
    from billing.models.invoice import Invoice


class InvoiceApproval:
    """Draft → waiting → approved, where the guard has objections; at once where it has none. Mixed into Invoice.

    Who may approve has the right over the owner's records, and neither owns nor wrote the invoice, unless the own
    company lets people approve their own.
    """

    def submit(self: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """Approved at once unless something about it has to be looked at."""
        from billing.models.invoice import InvoiceState

        with transaction.atomic():
            invoice: Invoice = self._locked_draft(version)
            if invoice.state == InvoiceState.WAITING:
                raise Refused(_("The invoice waits for approval already."))
            if invoice.state == InvoiceState.APPROVED and not invoice.was_let_through:
                return
            invoice._refuse_empty()
            reasons = objections(invoice, on=company_day(at))
            if invoice.was_let_through and not reasons:
                return
            if reasons:
                invoice._ask_again()
                invoice.state = InvoiceState.WAITING
                invoice._save_draft()
                told: Any = facts.InvoiceSubmitted(reasons=reasons, **invoice.told())
            else:
                invoice._approved(by=None, at=at)
                told = facts.InvoiceApproved(**invoice.told())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def approve(
        self: Any,
        *,
        by: Any,
        at: datetime,
        comment: str = "",
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """It may be issued as it is now; a change asks again."""
        with transaction.atomic():
            invoice: Invoice = self._waiting(version)
            invoice._refuse_judge(by)
            invoice._approved(by=by, at=at)
            told = facts.InvoiceApproved(comment=" ".join(comment.split()), **invoice.told())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def send_back(
        self: Any, *, reason: str, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """A draft again, with a reason."""
        from billing.models.invoice import InvoiceState

        reason = " ".join(reason.split())
        if not reason:
            raise Refused(_("Say why you send the invoice back."))
        with transaction.atomic():
            invoice: Invoice = self._waiting(version)
            invoice._refuse_judge(by)
            invoice.state = InvoiceState.DRAFT
            invoice._save_draft()
            tell(facts.InvoiceReturned(reason=reason, **invoice.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    @property
    def was_let_through(self: Any) -> bool:
        """Approved by nobody, because nothing about it had to be looked at then."""
        from billing.models.invoice import InvoiceState

        return bool(self.state == InvoiceState.APPROVED and self.approved_by_id is None)

    def may_be_judged_by(self: Any, person: Any) -> bool:
        """Nobody approves their own unless that is allowed, the robot nothing."""
        if person.is_robot or self._is_of(person):
            return False
        if not person.reaches(self, "billing.approve"):
            return False
        role = approvers(self)
        return not role or bool(person.roles.filter(key__in=[role, "administrator"]).exists())

    def _refuse_judge(self: Any, by: Any) -> None:
        if self._is_of(by):
            raise Refused(_("Somebody else has to approve an invoice of your own."))
        if not self.may_be_judged_by(by):
            raise Refused(
                _("You may not approve this invoice. Ask the head of its owner, or whom the rule names.")
            )

    def _is_of(self: Any, person: Any) -> bool:
        return person.pk in (self.owner_id, self.created_by_id) and not self.legal_entity.may_approve_own

    def _waiting(self: Any, version: int | None) -> "Invoice":
        from billing.models.invoice import InvoiceState

        invoice: Invoice = self._locked_draft(version)
        if invoice.state != InvoiceState.WAITING:
            raise Refused(_("The invoice does not wait for approval."))
        return invoice

    def _approved(self: Any, *, by: Any, at: datetime) -> None:
        from billing.models.invoice import InvoiceState

        invoice: Any = self
        invoice.state = InvoiceState.APPROVED
        invoice.approved_at, invoice.approved_by = at, by
        invoice.approved_version = invoice.version + 1
        invoice._save_draft()
