from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.finding import payment_words
from billing.models.header import usual_legal_entity
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.money import base_amount, minor_units

if TYPE_CHECKING:
    from billing.models.payment import Payment

SAID = {
    "bank_account", "reference", "purpose", "payer_name", "payer_tax_number", "payer_bank_account",
}  # fmt: skip


class PaymentMoves:
    """What happens to money that came: whose it is, what it settles, how it goes back. Mixed into Payment.

    Locks: the payment first, then invoices by key; see billing/settling.py.
    """

    @classmethod
    def receive(
        cls: Any,
        *,
        amount: Decimal,
        received_on: date,
        account: Any = None,
        currency: str | None = None,
        legal_entity: Any = None,
        method: str = "bank",
        by: Any,
        at: datetime,
        cause: Any = None,
        **fields: Any,
    ) -> "Payment":
        """Money of a client, or of nobody yet known. It settles nothing until it is allocated."""
        unknown = fields.keys() - SAID
        if unknown:
            raise TypeError(f"No fields of a payment: {sorted(unknown)}.")
        with transaction.atomic():
            payment: Payment = cls._begun(
                legal_entity=legal_entity or _entity_of(fields.get("bank_account")),
                account=account,
                amount=amount,
                currency=currency or _currency_of(fields.get("bank_account")),
                method=method,
                received_on=received_on,
                created_at=at,
                created_by=by,
                **fields,
            )
            payment.unallocated = payment.amount
            payment.save(force_insert=True)
            tell(facts.PaymentReceived(**payment.told()), by=by, at=at, cause=cause)
        return payment

    def tell_whose(
        self: Any, account: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """The client's whose money it is; another's only while it settles nothing."""
        with transaction.atomic():
            payment: Payment = self._locked_standing(version)
            if payment.account_id == account.pk:
                return
            if payment.unallocated != payment.amount:
                raise Refused(_("The payment settles something already. Release it first."))
            payment._belongs_to(account)
            payment._save()
            tell(facts.PaymentIdentified(**payment.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def allocate(
        self: Any,
        parts: Sequence[tuple[int, Decimal] | tuple[int, Decimal, Decimal]],
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """Settles instalments: (key, amount in the invoice's currency), all or none.

        In another currency the payment gives that amount at the rate of its day, or what the third value of a part
        says it gives. A payment of nobody becomes the client's whose invoices it settles.
        """
        from billing.allocating import allocate

        with transaction.atomic():
            allocate(self._locked_standing(version), parts, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def release(
        self: Any,
        allocation_ids: Iterable[int] | None = None,
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """These allocations count no more, or all of them: what they settled is due again."""
        from billing.allocating import release

        with transaction.atomic():
            payment: Payment = self._locked_standing(version)
            amount, invoices = release(payment, allocation_ids, by=by, at=at)
            payment._save()
            told = facts.PaymentReleased(**payment.told_of(invoices, amount=amount))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def void(
        self: Any, *, reason: str, by: Any, at: datetime, version: int | None = None, cause: Any = None
    ) -> None:
        """A mistake: it settles nothing and counts no more, but stays to be seen."""
        from billing.allocating import release, undo_paying_back

        reason = " ".join(reason.split())
        if not reason:
            raise Refused(_("Say why the payment is voided."))
        with transaction.atomic():
            payment: Payment = self._locked_standing(version)
            if payment.is_out:
                invoices = undo_paying_back(payment, at=at)
            else:
                if payment.returned:
                    raise Refused(_("A part of it was paid back. Void that payment first."))
                _amount, invoices = release(payment, None, by=by, at=at, is_quiet=True)
            payment.unallocated = Decimal(0)
            payment.voided_at, payment.voided_by, payment.void_reason = at, by, reason[:300]
            payment._save()
            told = facts.PaymentVoided(reason=reason, **payment.told_of(invoices, amount=payment.amount))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()

    def pay_back(
        self: Any,
        amount: Decimal,
        *,
        paid_on: date,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> "Payment":
        """A surplus goes back to the client: a payment out."""
        from billing.settling import money_of, whole_units

        with transaction.atomic():
            payment: Payment = self._locked_standing(version)
            amount = whole_units(amount, payment.currency)
            if payment.is_out:
                raise Refused(_("This payment went out already."))
            if amount > payment.unallocated:
                raise Refused(
                    _("Only %(left)s of the payment is not allocated.")
                    % {"left": money_of(payment.unallocated, payment.currency)}
                )
            out = type(self).paid_out(payment, amount, paid_on=paid_on, returns=payment, by=by, at=at)
            payment.returned += amount
            payment.unallocated -= amount
            payment._save()
            out.tell_returned(by=by, at=at, cause=cause)
        self.refresh_from_db()
        return out  # type: ignore[no-any-return]

    @classmethod
    def paid_out(
        cls: Any, source: Any, amount: Decimal, *, paid_on: date, by: Any, at: datetime, **of: Any
    ) -> "Payment":
        """Money to the client of a payment or a credit note, which the caller has locked."""
        payment: Payment = cls._begun(
            legal_entity=source.legal_entity,
            account=source.account,
            bank_account=source.bank_account,
            direction="out",
            amount=amount,
            currency=source.currency,
            received_on=paid_on,
            created_at=at,
            created_by=by,
            **of,
        )
        payment.returned = amount
        payment.save(force_insert=True)
        return payment

    def tell_returned(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        told = facts.PaymentReturned(
            of_payment_id=self.returns_id, of_credit_note_id=self.returns_credit_note_id, **self.told()
        )
        tell(told, by=by, at=at, cause=cause)

    def told(self: Any, **said: Any) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "payment_id": self.pk,
            "account_id": self.account_id,
            "owner_id": self.owner_id,
            "amount": self.amount,
            "currency": self.currency,
        } | said

    def told_of(self: Any, invoices: Iterable[Any], **said: Any) -> dict[str, Any]:
        listed = sorted({each.pk: each for each in invoices}.items())
        return self.told(  # type: ignore[no-any-return]
            invoice_ids=[key for key, _invoice in listed],
            deal_ids=sorted({each.deal_id for _key, each in listed if each.deal_id is not None}),
            numbers=[each.number for _key, each in listed],
            **said,
        )

    @classmethod
    def _begun(cls: Any, *, account: Any, **fields: Any) -> "Payment":
        """Not yet saved; in whole units, its rate frozen."""
        from billing.models.payment import Method
        from billing.settling import whole_units

        entity, bank = fields["legal_entity"], fields.get("bank_account")
        if bank is not None and bank.legal_entity_id != entity.pk:
            raise Refused(_("The bank account %(account)s is another own company's.") % {"account": bank})
        if fields.get("method", "bank") not in Method.values:
            raise Refused(_("Say how the money came."))
        try:
            minor_units(fields["currency"])
        except ValueError as wrong:
            raise Refused(str(wrong)) from None
        fields["amount"] = whole_units(fields["amount"], fields["currency"])
        payment: Payment = cls(**fields)
        payment.rate, payment.base_amount = base_amount(payment.amount, payment.currency, payment.received_on)
        payment._belongs_to(account)
        return payment

    def _belongs_to(self: Any, account: Any) -> None:
        self.account = account
        self.search_text = payment_words(self)
        self.owner = account.owner if account is not None else None
        self.team_ids = [self.owner.pk] if self.owner else []

    def _locked_standing(self: Any, version: int | None) -> "Payment":
        model = type(self)
        model.objects.select_for_update().values_list("pk").get(pk=self.pk)
        beside = ("account", "legal_entity", "bank_account")
        payment: Payment = model.objects.select_related(*beside).get(pk=self.pk)
        if version is not None and version != payment.version:
            raise Stale(_("Somebody else changed this payment meanwhile. Look at it again."))
        if payment.voided_at is not None:
            raise Refused(_("This payment was voided."))
        return payment

    def _save(self: Any) -> None:
        self.version += 1
        self.save()


def _entity_of(bank_account: Any) -> Any:
    return bank_account.legal_entity if bank_account is not None else usual_legal_entity()


def _currency_of(bank_account: Any) -> str:
    return bank_account.currency if bank_account is not None else settings.BASE_CURRENCY
