"""Seeded invoices keep every rule: total = lines = instalments = paid + due, and payments settle what they say."""

import pytest
from django.db import connection
from django.db.models import F, Max, Sum
from django.utils import timezone

from billing.models import Allocation, Instalment, Invoice, InvoiceLine, Payment
from crm.seeding import seed, seed_billing
from users.testing import Cast

pytestmark = pytest.mark.django_db
COUNT = 600


@pytest.mark.parametrize("is_large", [False, True])
def test_seeded_invoices_reconcile(cast: Cast, is_large: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_large:
        monkeypatch.setattr("crm.seeding.billing.LARGE", 1)
    now = timezone.now()
    seed(deals=50, clients=20, seed=1, now=now)
    figures = seed_billing(invoices=COUNT, seed=1, now=now)
    connection.check_constraints()
    assert (Invoice.objects.count(), InvoiceLine.objects.count()) == (COUNT, figures.lines)
    assert (Instalment.objects.count(), Payment.objects.count()) == (figures.instalments, figures.payments)
    assert not Invoice.objects.exclude(total=F("paid") + F("due")).exists()
    assert set(Invoice.objects.values_list("state", flat=True)) == {"paid", "part_paid", "issued"}
    for sums in (InvoiceLine.objects.values_list("invoice").annotate(Sum("gross")), of_instalments("amount")):
        assert dict(sums.order_by()) == dict(Invoice.objects.values_list("pk", "total"))
    settled = dict(of_instalments("settled").order_by())
    assert settled == dict(Invoice.objects.values_list("pk", "paid"))
    allocated = dict(Allocation.objects.values_list("invoice").annotate(Sum("amount")).order_by())
    assert allocated == {key: paid for key, paid in settled.items() if paid}
    assert not Instalment.objects.filter(is_open=True, settled=F("amount")).exists()
    for invoice in Invoice.objects.filter(due__gt=0)[:50]:
        first = invoice.instalments.filter(is_open=True).order_by("due_on").first()
        assert first is not None
        assert invoice.due_on == first.due_on


def test_life_goes_on_after_seeding_invoices(cast: Cast) -> None:
    now = timezone.now()
    seed(deals=20, clients=5, seed=1, now=now)
    seed_billing(invoices=30, seed=1, now=now)
    seed_billing(invoices=30, seed=2, now=now)
    assert Invoice.objects.count() == 60
    for model in (Invoice, Payment):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
            assert cursor.fetchone()[0] > model.objects.aggregate(Max("pk"))["pk__max"]
    part = Instalment.objects.filter(is_open=True).select_related("invoice__account").first()
    assert part is not None
    how = {"by": cast.admin, "at": now, "legal_entity": part.invoice.legal_entity}
    payment = Payment.receive(
        amount=part.amount,
        received_on=now.date(),
        account=part.invoice.account,
        currency=part.invoice.currency,
        **how,
    )
    payment.allocate([(part.pk, part.amount - part.settled)], by=cast.admin, at=now)


def of_instalments(name: str) -> object:
    return Instalment.objects.values_list("invoice").annotate(Sum(name))
