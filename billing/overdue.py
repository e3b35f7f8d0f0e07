"""Who is late: told once for each instalment, the day after it was due, whichever worker comes first."""

from datetime import date, datetime

from django.db import transaction

from billing import facts
from billing.models import Instalment, Invoice
from foundation.clock import company_day
from foundation.facts import tell
from users.models import User

BATCH = 200


def tell_overdue(*, at: datetime) -> int:
    """How many instalments were told to be overdue. Each in a batch of its own transaction: what a worker that dies had
    not committed is told by the next, and what another holds is left to it."""
    today, count = company_day(at), 0
    while done := _tell_some(today, at):
        count += done
    return count


def _tell_some(today: date, at: datetime) -> int:
    with transaction.atomic():
        late = Instalment.objects.filter(is_open=True, due_on__lt=today, overdue_told_on=None)
        found = list(late.select_for_update(skip_locked=True, of=("self",)).order_by("due_on", "pk")[:BATCH])
        invoices = Invoice.objects.in_bulk({each.invoice_id for each in found})
        robot = User.objects.robot()
        for each in found:
            each.overdue_told_on = today
            invoice = invoices[each.invoice_id]
            left = each.amount - each.settled
            told = invoice.told(amount=left)
            tell(
                facts.InvoiceOverdue(instalment_id=each.pk, due_on=each.due_on.isoformat(), **told),
                by=robot,
                at=at,
            )
        Instalment.objects.bulk_update(found, ["overdue_told_on"])
    return len(found)
