from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing import facts
from billing.arithmetic.dividing import divided
from billing.arithmetic.instalments import equal_parts
from billing.drafting import DraftLine
from billing.finding import invoice_words
from billing.models.header import HEADER, begun, checked
from billing.models.paper_drafting import PRICED_BY, SUMMED_BY, PaperDrafting, refuse_by_hand
from foundation.errors import Refused, Stale
from foundation.facts import tell
from foundation.money import rounded

if TYPE_CHECKING:
    from billing.models.invoice import Invoice

MOST_INSTALMENTS = 120


class InvoiceDrafting(PaperDrafting):
    """How an invoice is written before it is issued: header, lines, schedule. Mixed into Invoice.

    Each verb locks the invoice. What changes an approved one, or one that waits, makes it a draft again: what was
    approved is what is issued. `version` is the one the person saw; another since then is Stale.
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
    ) -> "Invoice":
        """A draft for the client. Own company, currency, owner, language and days to pay are the usual ones unless
        they are said."""
        with transaction.atomic():
            invoice: Invoice = begun(
                cls,
                account=account,
                deal=deal,
                legal_entity=legal_entity,
                currency=currency,
                header=header,
                by=by,
                at=at,
            )
            if invoice.discount_percent is not None or invoice.discount_amount is not None:
                refuse_by_hand(by)
            invoice.save(force_insert=True)
            invoice._write_lines(lines, by=by)
            tell(facts.InvoiceDrafted(**invoice.told()), by=by, at=at, cause=cause)
        return invoice

    def change(
        self: Any,
        changes: dict[str, Any],
        *,
        version: int | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """Header fields. Prices by the rules are asked for again where they depend on what changed; amounts by hand
        are converted with the currency."""
        with transaction.atomic():
            invoice = self._locked_draft(version)
            changes = checked(invoice, changes)
            changed = [name for name, value in changes.items() if getattr(invoice, name) != value]
            if not changed:
                return
            if {"discount_percent", "discount_amount"} & set(changed):
                refuse_by_hand(by)
            asked = invoice.as_asked()
            if "currency" in changed:
                asked = invoice._in_other_currency(changes, asked)
            for name in changed:
                setattr(invoice, name, changes[name])
            invoice.search_text = invoice_words(invoice)
            invoice.is_dated |= "dated_on" in changed
            invoice._ask_again()
            if {*PRICED_BY, *SUMMED_BY} & set(changed):
                invoice._write_lines(asked, by=None)
            else:
                invoice._save_draft()
            told = facts.InvoiceChanged(fields=sorted(changed), **invoice.told())
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
        """These lines, in this order, and no others. One with `line_id` is that line, changed; what it does not say
        (product, title, tax) stays. A schedule is divided anew in proportion."""
        with transaction.atomic():
            invoice = self._locked_draft(version)
            invoice._ask_again()
            invoice._write_lines(lines, by=by)
            tell(facts.InvoiceChanged(fields=["lines"], **invoice.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def schedule(
        self: Any,
        parts: Sequence[tuple[date, Decimal]],
        *,
        version: int | None = None,
        by: Any,
        at: datetime,
        cause: Any = None,
    ) -> None:
        """Instalments: days and amounts that sum to the total. None of them: all at once, after the days to pay."""
        with transaction.atomic():
            invoice = self._locked_draft(version)
            total = sum((amount for _day, amount in parts), Decimal(0))
            if len(parts) > MOST_INSTALMENTS:
                raise Refused(_("There are at most %(count)d instalments.") % {"count": MOST_INSTALMENTS})
            if any(amount <= 0 or amount != rounded(amount, invoice.currency) for _day, amount in parts):
                raise Refused(_("Every instalment is more than nothing, in whole units of the currency."))
            if parts and total != invoice.total:
                raise Refused(
                    _("The instalments come to %(sum)s, the invoice to %(total)s.")
                    % {"sum": total, "total": rounded(invoice.total, invoice.currency)}
                )
            invoice._ask_again()
            invoice._write_instalments(sorted(parts))
            invoice._save_draft()
            tell(facts.InvoiceChanged(fields=["instalments"], **invoice.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def divide(
        self: Any,
        count: int,
        *,
        first_due_on: date,
        months: int = 1,
        version: int | None = None,
        by: Any,
        at: datetime,
    ) -> None:
        """Equal instalments, `months` apart; the last takes the remainder."""
        if not 1 <= count <= MOST_INSTALMENTS:
            raise Refused(_("There are 1 to %(count)d instalments.") % {"count": MOST_INSTALMENTS})
        if not 1 <= months <= 12:
            raise Refused(_("Instalments are 1 to 12 months apart."))
        with transaction.atomic():
            invoice = self._locked_draft(version)
            amounts = equal_parts(invoice.total, count, invoice.currency)
            days = [months_later(first_due_on, months * step) for step in range(count)]
            invoice.schedule(list(zip(days, amounts, strict=True)), by=by, at=at)
        self.refresh_from_db()

    def discard(self: Any, *, by: Any, at: datetime, version: int | None = None, cause: Any = None) -> None:
        """A draft that nobody wants. It stays to be seen and never gets a number."""
        from billing.models.invoice import InvoiceState

        with transaction.atomic():
            invoice = self._locked_draft(version)
            invoice.state = InvoiceState.DISCARDED
            invoice._save_draft()
            tell(facts.InvoiceDiscarded(**invoice.told()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def told(self: Any, **said: Any) -> dict[str, Any]:
        """What every fact about it says."""
        return {
            "invoice_id": self.pk,
            "account_id": self.account_id,
            "deal_id": self.deal_id,
            "owner_id": self.owner_id,
            "number": self.number,
            "amount": rounded(self.total, self.currency),
            "currency": self.currency,
        } | said

    def _locked(self: Any, version: int | None = None) -> "Invoice":
        # The lock first and alone: what is joined to a row that somebody changes while we wait would be old.
        model = type(self)
        model.objects.select_for_update().values_list("pk").get(pk=self.pk)
        beside = ("account", "legal_entity", "owner", "deal", "contact")
        invoice: Invoice = model.objects.select_related(*beside).get(pk=self.pk)
        if version is not None and version != invoice.version:
            raise Stale(
                _("Somebody else changed this invoice meanwhile. Look at it again, then send your changes.")
            )
        return invoice

    def _locked_draft(self: Any, version: int | None = None) -> "Invoice":
        from billing.models.invoice import InvoiceState

        invoice = self._locked(version)
        if invoice.state == InvoiceState.DISCARDED:
            raise Refused(_("This draft was discarded."))
        if invoice.is_issued:
            raise Refused(
                _("%(number)s was issued and does not change any more. Credit it instead.")
                % {"number": invoice}
            )
        return invoice  # type: ignore[no-any-return]

    def _ask_again(self: Any) -> None:
        """What was approved, or waits, is not this any more."""
        from billing.models.invoice import InvoiceState

        invoice: Any = self
        invoice.state = InvoiceState.DRAFT
        invoice.approved_at = invoice.approved_by = invoice.approved_version = None

    def _divide_anew(self: Any) -> None:
        had = list(self.instalments.all())
        if not had:
            return
        amounts = divided(self.total, [each.amount for each in had], self.currency)
        parts = [(each.due_on, amount) for each, amount in zip(had, amounts, strict=True) if amount > 0]
        self._write_instalments(parts)

    def _write_instalments(self: Any, parts: Sequence[tuple[date, Decimal]]) -> None:
        self.instalments.all().delete()
        model = self.instalments.model
        model.objects.bulk_create(
            model(invoice=self, position=place, due_on=day, amount=amount)
            for place, (day, amount) in enumerate(parts)
        )


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last where it is shorter."""
    from calendar import monthrange

    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


__all__ = ["HEADER", "InvoiceDrafting", "months_later"]
