"""How much a client may owe: set by who may, used by what is issued, and over it somebody is asked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from billing.credit import credit_of
from billing.models import CreditLimit
from billing.testing import make_draft, make_invoice, make_legal_entity, make_rate, pay
from changes.trash import verbs as trash
from foundation.clock import company_day
from foundation.errors import Refused
from foundation.models import Event
from users.models import User

D = Decimal


@pytest.fixture
def now(db):
    return timezone.now()


@pytest.fixture
def acme(cast):
    make_legal_entity()
    return make_account("Acme Florists", owner=cast.salesperson)


def limited(account, amount, currency="USD", **said):
    by = said.pop("by", User.objects.robot())
    said = {"reason": "They asked", "at": timezone.now()} | said
    amount = None if amount is None else D(amount)
    return CreditLimit.put(account, amount, currency, said.pop("reason"), by=by, **said)


def url(account):
    return reverse("billing:credit_limit", args=[account.pk])


def figures(browser, account):
    found = browser.get(reverse("billing:client_money", args=[account.pk])).context["figures"]
    plain = [(each.title, each.worth.replace("\xa0", " "), each.note.replace("\xa0", " ")) for each in found]
    return [each for each in plain if each[0] == "Credit limit"], found


def said_of(account, **said):
    today = company_day(timezone.now()).isoformat()
    return {"amount": "1,000", "currency": "USD", "valid_from": today, "reason": "A good payer"} | said


def test_who_credits_sets_a_limit_from_the_money_panel_and_it_is_told(cast, acme, client_of):
    make_invoice(700, account=acme)
    head = client_of(cast.head)
    (row,), found = figures(head, acme)
    assert (row[1], found[-1].url) == ("none", url(acme))
    assert head.post(url(acme), said_of(acme)).status_code == 302
    assert figures(head, acme)[0] == [("Credit limit", "1,000.00 USD", "700.00 USD used, 300.00 USD left")]
    event = Event.objects.get(name="credit_limit.changed")
    assert (event.actor_id, event.payload["account_id"], event.payload["reason"]) == (
        cast.head.pk, acme.pk, "A good payer",
    )  # fmt: skip
    text = client_of(cast.accountant).get(url(acme)).content.decode()
    assert "A good payer" in text
    assert cast.head.name in text
    assert "Credit limit changed" in head.get(acme.get_absolute_url() + "?only=money").content.decode()


def test_a_salesperson_sees_the_limit_and_may_not_set_it_and_the_outsider_sees_nothing(cast, acme, client_of):
    seller = client_of(cast.salesperson)
    assert figures(seller, acme)[0] == []
    limited(acme, 100)
    row, found = figures(seller, acme)
    assert row == [("Credit limit", "100.00 USD", "0.00 USD used, 100.00 USD left")]
    assert found[-1].url == ""
    assert seller.get(url(acme)).status_code == 403
    assert seller.post(url(acme), said_of(acme)).status_code == 403
    assert client_of(cast.outsider).post(url(acme), said_of(acme)).status_code in (403, 404)
    assert CreditLimit.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"amount": "much"}, "amount"),
        ({"amount": "-5"}, "above zero"),
        ({"amount": "5.0051"}, "whole units"),
        ({"currency": "ABC"}, "ABC"),
        ({"reason": ""}, "required"),
        ({"valid_from": "2020-01-01"}, "today at the earliest"),
        ({"amount": ""}, "has no credit limit"),
    ],
)
def test_a_bad_limit_says_why_and_keeps_what_was_typed(cast, acme, client_of, said, why):
    answer = client_of(cast.accountant).post(url(acme), said_of(acme, **said))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not CreditLimit.objects.exists()


def test_an_invoice_over_the_limit_has_to_be_approved(cast, acme, client_of, now):
    limited(acme, 1_000)
    make_invoice(700, account=acme)
    draft = make_draft(400, account=acme, owner=cast.salesperson)
    page = client_of(cast.salesperson).get(draft.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "owes 700.00 USD; with this it is 1,100.00 USD, over its credit limit of 1,000.00 USD" in page
    assert reverse("billing:issue", args=[draft.pk]) not in page
    with pytest.raises(Refused, match="has to approve"):
        draft.issue(by=cast.salesperson, at=now)
    draft.submit(by=cast.salesperson, at=now)
    assert draft.state == "waiting"
    draft.approve(by=User.objects.with_policy().get(pk=cast.head.pk), at=now)
    draft.issue(by=cast.salesperson, at=now)
    assert draft.state == "issued"


def test_what_is_paid_frees_the_limit_and_what_comes_to_it_exactly_is_within(cast, acme, now):
    limited(acme, 1_000)
    paid = make_invoice(700, account=acme)
    pay(paid, 100)
    make_draft(400, account=acme).issue(by=cast.robot, at=now)
    assert credit_of(acme.pk, company_day(now)).left == 0
    with pytest.raises(Refused, match="credit limit"):
        make_draft("0.01", account=acme).issue(by=cast.robot, at=now)


def test_debts_in_other_currencies_count_at_their_rates(cast, acme, client_of, now):
    make_rate("EUR", "1.1")
    limited(acme, 100, "EUR")
    make_invoice(55, account=acme)
    make_invoice(20, account=acme, currency="EUR")
    row = figures(client_of(cast.head), acme)[0][0]
    assert row[1:] == ("100.00 EUR", "70.00 EUR used, 30.00 EUR left")
    make_draft(33, account=acme).issue(by=cast.robot, at=now)
    with pytest.raises(Refused, match="credit limit"):
        make_draft(1, account=acme).issue(by=cast.robot, at=now)


def test_a_currency_without_a_rate_is_said_on_the_panel_and_by_the_refusal(cast, acme, client_of, now):
    make_invoice(10, account=acme)
    draft = make_draft(33, account=acme)
    limited(acme, 100, "EUR")
    ((_title, worth, why),), _found = figures(client_of(cast.head), acme)
    assert worth == "?"
    assert "No exchange rate of EUR" in why
    with pytest.raises(Refused, match="No exchange rate of EUR"):
        draft.issue(by=cast.robot, at=now)


def test_what_was_let_through_is_looked_at_again_when_the_client_owes_more(cast, acme, client_of, now):
    limited(acme, 100)
    first, second = make_draft(60, account=acme), make_draft(60, account=acme)
    for each in (first, second):
        each.submit(by=cast.salesperson, at=now)
        assert each.state == "approved"
    first.issue(by=cast.salesperson, at=now)
    with pytest.raises(Refused, match="credit limit"):
        second.issue(by=cast.salesperson, at=now)
    page = client_of(cast.salesperson).get(second.get_absolute_url()).content.decode()
    assert reverse("billing:submit", args=[second.pk]) in page
    assert reverse("billing:issue", args=[second.pk]) not in page
    second.submit(by=cast.salesperson, at=now)
    second.refresh_from_db()
    assert (second.state, second.approved_at) == ("waiting", None)


def test_the_latest_limit_counts_from_its_day_and_none_ends_it(cast, acme, now):
    today = company_day(now)
    limited(acme, 100)
    limited(acme, 500, valid_from=today + timedelta(days=5))
    assert credit_of(acme.pk, today).limit == 100
    assert credit_of(acme.pk, today + timedelta(days=5)).limit == 500
    limited(acme, 50)
    assert credit_of(acme.pk, today).limit == 50
    limited(acme, None)
    assert credit_of(acme.pk, today) is None
    limited(acme, 0)
    with pytest.raises(Refused, match="credit limit"):
        make_draft(1, account=acme).issue(by=cast.robot, at=now)


def test_a_limit_is_never_changed_in_place(cast, acme):
    put = limited(acme, 100)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        CreditLimit.objects.filter(pk=put.pk).update(amount=900)


def test_a_limit_follows_its_client_into_another_and_into_the_trash(cast, acme, now):
    twin = make_account("Acme Ltd", owner=cast.salesperson)
    limited(twin, 100)
    acme.merge([twin], {}, by=User.objects.with_policy().get(pk=cast.head.pk), at=now)
    assert credit_of(acme.pk, company_day(now)).limit == 100
    put = trash.put_in_trash(acme, by=cast.admin, at=now)
    assert not CreditLimit.objects.exists()
    trash.restore(put, by=cast.admin, at=now)
    assert credit_of(acme.pk, company_day(now)).limit == 100
