"""The keys by which doubles are found follow what is known of a client."""

import importlib

import pytest
from django.apps import apps
from django.utils import timezone

from accounts import bulk
from accounts.duplicates import match_keys
from accounts.models import Account, Address, ContactPoint, MatchKey, TaxNumber
from accounts.testing import make_account
from foundation.drain import drain
from users.models import User

pytestmark = pytest.mark.django_db


def keys_of(account: Account) -> set[tuple[str, str]]:
    return set(account.match_keys.values_list("kind", "value"))


def test_every_verb_that_changes_what_is_known_changes_the_keys(cast):
    now, by = timezone.now(), cast.salesperson
    acme = make_account("ООО «Ромашка Опт»", owner=by)
    drain()
    assert ("name", "opt romashka") in keys_of(acme)
    acme.change({"name": "Acme Tools Ltd", "website": "https://www.acme.example"}, by=by, at=now)
    phone = ContactPoint.add(acme, kind="phone", value="+7 495 123-45-67 ext. 12", by=by, at=now)
    ContactPoint.add(acme, kind="email", value="Sales@Acme.example", by=by, at=now)
    TaxNumber.replace(acme, [("ru_inn", "7707083893")], by=by, at=now)
    Address.replace(acme, [Address(postcode="101000", city="Moscow", street="Tverskaya 7")], by=by, at=now)
    drain()
    kept = keys_of(acme)
    assert {
        ("name", "acme tools"),
        ("domain", "acme.example"),
        ("phone", "+74951234567"),
        ("email", "sales@acme.example"),
        ("tax", "7707083893"),
        ("place", "101000 7"),
    } <= kept
    assert ("name", "opt romashka") not in kept
    phone.correct("+7 495 765-43-21", seen=phone.value, by=by, at=now)
    drain()
    assert ("phone", "+74957654321") in keys_of(acme)
    assert ("phone", "+74951234567") not in keys_of(acme)
    phone.remove(by=by, at=now)
    drain()
    assert not {value for kind, value in keys_of(acme) if kind == "phone"}


def test_what_a_new_point_adds_is_what_reading_everything_would_find(cast):
    acme = make_account("Acme", owner=cast.salesperson)
    for kind, value in [
        ("phone", "+74951234567"),
        ("email", "a@acme.example"),
        ("website", "https://acme.example"),
        ("messenger", "@acme"),
    ]:
        ContactPoint.add(acme, kind=kind, value=value, by=cast.salesperson, at=timezone.now())
    drain()
    added = keys_of(acme)
    match_keys.keep([acme.pk])
    assert keys_of(acme) == added


def test_many_clients_at_once_have_their_keys_in_the_same_transaction(cast):
    drafts = [
        bulk.AccountDraft(
            fields={"name": f"Bulk {number}", "roles": ["lead"], "owner": cast.salesperson},
            points=[("email", f"a@bulk{number}.example")],
            tax_numbers=[("other", f"100{number}")],
            address={"postcode": "101000", "city": "Moscow", "street": f"Tverskaya {number}"},
        )
        for number in range(3)
    ]
    for number, account in enumerate(bulk.add_many(drafts, by=User.objects.robot(), at=timezone.now())):
        kept = keys_of(account)
        assert {("tax", f"100{number}"), ("domain", f"bulk{number}.example")} <= kept
        match_keys.keep([account.pk])
        assert keys_of(account) == kept


def test_clients_written_past_the_verbs_get_their_keys_with_the_next_search(cast):
    acme = make_account("Acme Tools", owner=cast.salesperson)
    MatchKey.objects.all().delete()
    assert match_keys.fill_missing() == Account.objects.count()
    assert ("name", "acme tools") in keys_of(acme)
    assert match_keys.fill_missing() == 0


def test_the_migration_fills_the_same_keys(cast):
    now, by = timezone.now(), cast.salesperson
    acme = make_account("Acme Tools", owner=by, website="https://acme.example")
    ContactPoint.add(acme, kind="phone", value="+74951234567", by=by, at=now)
    TaxNumber.replace(acme, [("ru_inn", "7707083893")], by=by, at=now)
    Address.replace(acme, [Address(postcode="101000", city="Moscow", street="Tverskaya 7")], by=by, at=now)
    drain()
    kept = keys_of(acme)
    importlib.import_module("accounts.migrations.0008_fill_match_keys").fill(apps, None)
    assert keys_of(acme) == kept


def test_a_client_deleted_before_its_keys_are_kept_is_passed_over(cast):
    match_keys.keep([2**60])
    match_keys.add_points([(2**60, "phone", "+74951234567")])
    assert not MatchKey.objects.filter(account_id=2**60).exists()


def test_keeping_many_costs_what_keeping_one_costs(cast, django_assert_max_num_queries):
    ids = [make_account(f"Acme {number}", owner=cast.salesperson).pk for number in range(5)]
    with django_assert_max_num_queries(10):
        match_keys.keep(ids)
