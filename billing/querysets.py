from datetime import date
from typing import Any, Self

from django.db import models

from users.querysets import VisibleQuerySet


class InvoiceQuerySet(VisibleQuerySet):
    view_right = "billing.view"

    def issued(self) -> Self:
        return self.filter(issued_at__isnull=False)

    def charged(self) -> Self:
        """Issued invoices that were not credited whole."""
        return self.issued().filter(kind="invoice").exclude(state="credited")

    def drafts(self) -> Self:
        return self.filter(state__in=["draft", "waiting", "approved"])

    def unsettled(self) -> Self:
        """Issued invoices of which something is still due."""
        return self.filter(kind="invoice", due__gt=0, issued_at__isnull=False)

    def overdue(self, *, on: date) -> Self:
        """Those whose earliest unsettled instalment was due before that day."""
        return self.unsettled().filter(due_on__lt=on)


class PaymentQuerySet(VisibleQuerySet):
    view_right = "billing.view_payments"

    def standing(self) -> Self:
        return self.filter(voided_at__isnull=True)

    def with_surplus(self) -> Self:
        return self.filter(unallocated__gt=0)

    def whose(self) -> Self:
        """Payments of which nobody knows yet whose they are."""
        return self.standing().filter(account__isnull=True)


class WholeBooksQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Of statements of a bank: they name everybody who paid, so only those who record everybody's payments see them."""

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated or not user.reach("billing.receive").everybody:
            return self.none()
        return self
