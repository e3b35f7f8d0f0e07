"""What a client owes and has paid, on its card."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.testing import make_invoice, make_payment, pay
from foundation.clock import company_day


@pytest.fixture
def acme(cast):
    acme, today = make_account("Acme", owner=cast.salesperson), company_day(timezone.now())
    before, after = today - timedelta(days=12), today + timedelta(days=12)
    late = make_invoice(150, account=acme, parts=[(before, 100), (after, 50)])
    pay(late, 30)
    make_invoice(50, account=acme, parts=[(after, 50)])
    make_payment(20, acme)
    return acme


def url(account):
    return reverse("billing:client_money", args=[account.pk])


def test_due_overdue_not_allocated_and_paid_are_said_in_each_currency(
    acme, cast, client_of, django_assert_max_num_queries
):
    salesperson = client_of(cast.salesperson)
    assert f'hx-get="{url(acme)}"' in salesperson.get(acme.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(9):
        figures = salesperson.get(url(acme)).context["figures"]
    said = [(each.title, each.worth.replace("\xa0", " "), each.note) for each in figures]
    assert said == [
        ("Due", "170.00 USD", "2 invoices"),
        ("Overdue", "70.00 USD", "1 invoice, 12 days late"),
        ("Not allocated", "20.00 USD", ""),
        ("Paid", "50.00 USD", "last today"),
    ]
    rows = salesperson.get(figures[2].url).context["page"].rows
    assert [row.left.replace("\xa0", " ") for row in rows] == ["20.00 USD"]


def test_who_sees_no_client_sees_no_money_and_a_fresh_one_has_none(acme, cast, client_of):
    assert client_of(cast.outsider).get(url(acme)).status_code == 404
    fresh = make_account("Fresh", owner=cast.salesperson)
    assert client_of(cast.salesperson).get(url(fresh)).content.strip() == b""
