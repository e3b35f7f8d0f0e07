"""What is issued or paid is not deleted with its client; drafts go along and come back."""

import pytest
from django.utils import timezone

from accounts.testing import make_account
from billing.models import Invoice
from billing.testing import make_draft, make_invoice, make_payment
from changes.trash import verbs as trash
from deals.testing import make_deal
from foundation.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def test_a_client_with_an_issued_invoice_stays_and_the_page_says_why(cast, client_of, acme):
    invoice = make_invoice(account=acme)
    answer = client_of(cast.admin).post(f"/clients/{acme.pk}/trash/", {"reason": "no more"})
    assert answer.status_code == 422
    assert f"Invoice {invoice.number} was issued" in answer.content.decode()
    acme.refresh_from_db()


def test_a_client_with_a_payment_stays(cast, acme, now):
    make_payment(5, acme)
    with pytest.raises(Refused, match="no payment is deleted"):
        trash.put_in_trash(acme, by=cast.admin, at=now)


def test_drafts_go_with_their_client_and_come_back_whole(cast, acme, now):
    draft = make_draft(70, 30, account=acme)
    entry = trash.put_in_trash(acme, by=cast.admin, at=now)
    assert not Invoice.objects.filter(pk=draft.pk).exists()
    trash.restore(entry, by=cast.admin, at=now)
    back = Invoice.objects.get(pk=draft.pk)
    assert (back.total, back.lines.count(), back.instalments.count()) == (
        draft.total,
        2,
        draft.instalments.count(),
    )


def test_a_deal_goes_and_its_issued_invoice_stays_without_it(cast, acme, now):
    deal = make_deal(owner=cast.salesperson, account=acme)
    invoice, draft = make_invoice(account=acme, deal=deal), make_draft(account=acme, deal=deal)
    entry = trash.put_in_trash(deal, by=cast.admin, at=now)
    invoice.refresh_from_db()
    assert invoice.deal is None
    assert not Invoice.objects.filter(pk=draft.pk).exists()
    trash.restore(entry, by=cast.admin, at=now)
    invoice.refresh_from_db()
    assert invoice.deal == deal
