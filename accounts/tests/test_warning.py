"""The warning while typing: who else it may be, why, and what can be done about it."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.duplicates import match_keys
from accounts.duplicates.lookup import possible_duplicates
from accounts.duplicates.matching import party_of
from accounts.models import Account, Contact, ContactPoint, DuplicatePair, DuplicateRule, PairState
from accounts.testing import make_account, make_contact
from foundation.models import Event
from foundation.testing import assert_query_count

URL, FULL, PANEL = "/clients/new/", "/clients/new/full/", "/clients/new/duplicates/"
QUICK = {"name": "Acme", "kind": "organisation", "role": "lead"}
PHONE = "+74951234567"
BOTH_LOOKED_UP = re.compile(r"Index Cond: .*kind\S* = \(given\.kind\).* AND .*value\S* = \(given\.value\)")
NO_ROWS = {
    f"{rows}-{field}": value
    for rows in ("points", "addresses", "tax_numbers")
    for field, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
}
pytestmark = pytest.mark.django_db


def known(name, owner, *, points=(), contact=None, **fields):
    account = make_account(name, owner=owner, **fields)
    for kind, value in points:
        ContactPoint.add(account, contact=contact, kind=kind, value=value, by=owner, at=timezone.now())
    match_keys.keep([account.pk])
    return account


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"name": "Another", "phone": "+7 (495) 123-45-67"}, "the same phone"),
        ({"name": "Another", "email": "INFO@bolt.example"}, "the same e-mail"),
        ({"name": "Another", "email": "sales@bolt.example"}, "the same web domain"),
        ({"name": "Another", "website": "https://www.bolt.example/about"}, "the same web domain"),
        ({"name": "ООО «Болт»"}, "the same name"),
        ({"name": "bolt  LLC"}, "the same name"),
    ],
)
def test_what_is_typed_is_compared_with_reason_owner_and_last_touch(cast, client_of, sent, reason):
    there = known("Bolt Ltd", cast.salesperson, points=[("phone", PHONE), ("email", "info@bolt.example")])
    page = client_of(cast.salesperson).post(PANEL, QUICK | sent).content.decode()
    assert "1 possible match" in page
    for words in (reason, "Bolt Ltd", cast.salesperson.name, "last touch:", "Use this", "Create anyway"):
        assert words in page
    assert f'href="{there.get_absolute_url()}"' in page


def test_the_whole_form_is_compared_as_it_grows(cast, client_of):
    known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    rows = NO_ROWS | {"name": "New", "points-0-kind": "phone", "points-0-value": PHONE}
    assert "the same phone" in client_of(cast.salesperson).post(PANEL, rows).content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"phone": "call me"}, {"points-TOTAL_FORMS": "x"}, {"points-TOTAL_FORMS": "9" * 5}]
)
def test_half_typed_things_are_no_mistakes_yet(cast, client_of, sent):
    answer = client_of(cast.salesperson).post(PANEL, {"name": "A\x00"} | sent)
    assert answer.status_code == 200
    assert "possible" not in answer.content.decode()


def test_without_a_script_the_form_stops_once_and_goes_on_when_told(cast, client_of):
    known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    seller, sent = client_of(cast.salesperson), QUICK | {"phone": PHONE, "nonce": str(uuid4())}
    warned = seller.post(URL, sent)
    assert warned.status_code == 422
    assert "Create anyway" in warned.content.decode()
    assert seller.post(URL, sent | {"anyway": "1"}).status_code == 302
    told = Event.objects.get(name="duplicate.accepted").payload
    assert told["account_id"] == Account.objects.get(name="Acme").pk


def test_a_strict_company_asks_why(cast, client_of):
    DuplicateRule.objects.create(kind="phone", strictness="reason")
    known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    seller, sent = client_of(cast.salesperson), QUICK | {"phone": PHONE, "anyway": "1"}
    refused = seller.post(URL, sent | {"reason": "  "})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert not Account.objects.filter(name="Acme").exists()
    assert seller.post(URL, sent | {"reason": "A branch of its own"}).status_code == 302
    assert Event.objects.get(name="duplicate.accepted").payload["reason"] == "A branch of its own"


def test_what_the_company_does_not_compare_warns_of_nothing(cast, client_of):
    DuplicateRule.objects.create(kind="name", strictness="off")
    known("Acme", cast.salesperson)
    assert client_of(cast.salesperson).post(URL, QUICK).status_code == 302


def test_use_this_gives_what_was_typed_to_the_client_that_is_there(cast, client_of):
    there = known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    sent = QUICK | {"phone": PHONE, "email": "ivan@bolt.example", "contact_name": "Ivan Petrov"}
    answer = client_of(cast.salesperson).post(f"/clients/{there.pk}/use/", sent, follow=True)
    assert "Used Bolt, which was there" in answer.content.decode()
    contact = Contact.objects.get(account=there)
    assert contact.points.get().value == "ivan@bolt.example"  # the phone is the client's own already
    assert Account.objects.count() == 1


def test_use_this_twice_adds_nothing_and_who_may_only_look_just_opens_it(cast, client_of):
    there = known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    for person in (cast.salesperson, cast.accountant):
        answer = client_of(person).post(f"/clients/{there.pk}/use/", QUICK | {"phone": PHONE}, follow=True)
        assert "nothing new to add" in answer.content.decode()
    answer = client_of(cast.accountant).post(f"/clients/{there.pk}/use/", QUICK | {"email": "x@y.example"})
    assert answer.url == there.get_absolute_url()
    assert there.points.count() == 1


def test_a_client_of_another_team_is_hinted_at_and_can_not_be_used(cast, client_of):
    hidden = known("Secret Customer", cast.outsider, points=[("phone", PHONE)])
    seller = client_of(cast.salesperson)
    page = seller.post(PANEL, QUICK | {"phone": PHONE}).content.decode()
    assert "A client with the same phone exists in another team" in page
    for secret in ("Secret", hidden.get_absolute_url(), cast.outsider.name, "last touch", f"/{hidden.pk}/"):
        assert secret not in page
    assert seller.post(f"/clients/{hidden.pk}/use/", QUICK).status_code == 404
    assert seller.post(f"/clients/{hidden.pk}/duplicates/", QUICK).status_code == 404


def test_the_one_typed_a_second_ago_is_found_before_any_worker_came(cast, client_of):
    seller = client_of(cast.salesperson)
    seller.post(URL, QUICK | {"email": "a@bolt.example"})
    page = seller.post(PANEL, QUICK | {"name": "Other", "email": "b@bolt.example"}).content.decode()
    assert "the same web domain" in page


def test_what_many_share_tells_nothing_of_any(cast):
    for number in range(22):
        known(f"Tenant {number}", cast.salesperson, website="https://tower.example")
    typed = party_of("Newcomer", website="https://tower.example")
    assert not possible_duplicates(cast.salesperson, typed)


def edit_form(account, **changes):
    return (
        NO_ROWS
        | {"name": account.name, "kind": "organisation", "roles": "client", "version": account.version}
        | changes
    )


def test_editing_warns_only_of_what_it_newly_shares(cast, client_of):
    mine = known("Acme", cast.salesperson)
    other = known("Acme", cast.salesperson, points=[("email", "info@bolt.example")])
    seller, url = client_of(cast.salesperson), f"/clients/{mine.pk}/edit/"
    assert seller.post(url, edit_form(mine, about="x")).status_code == 302
    mine.refresh_from_db()
    sent = edit_form(mine, **{"points-0-kind": "email", "points-0-value": "info@bolt.example"})
    warned = seller.post(url, sent)
    page = warned.content.decode()
    assert warned.status_code == 422
    assert "Save anyway" in page
    assert f"id={mine.pk}&amp;id={other.pk}" in page
    assert seller.post(url, sent | {"anyway": "1"}).status_code == 302
    assert mine.points.get().value == "info@bolt.example"


def test_editing_says_nothing_of_those_decided_to_be_others(cast, client_of):
    mine = known("Acme", cast.salesperson)
    other = known("Bolt", cast.salesperson)
    DuplicatePair.objects.create(
        first=mine, second=other, score=10, found_at=timezone.now(), state=PairState.NOT_DUPLICATE
    )
    page = client_of(cast.salesperson).post(f"/clients/{mine.pk}/duplicates/", edit_form(mine, name="Bolt"))
    assert "possible" not in page.content.decode()


CONTACT = {"points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0", "points-0-kind": "phone"}


def test_a_contact_reached_the_same_way_anywhere_is_shown_first(cast, client_of):
    bolt = make_account("Bolt", owner=cast.salesperson)
    ivan = make_contact(bolt, "Ivan Petrov")
    ContactPoint.add(bolt, contact=ivan, kind="phone", value=PHONE, by=cast.salesperson, at=timezone.now())
    acme, seller = make_account("Acme", owner=cast.salesperson), client_of(cast.salesperson)
    sent = CONTACT | {"name": "I. Petrov", "position": "", "points-0-value": PHONE}
    for url in (f"/clients/{acme.pk}/contacts/duplicates/", f"/clients/{acme.pk}/contacts/new/"):
        page = seller.post(url, sent).content.decode()
        for words in ("1 possible match", "the same phone", "Ivan Petrov", "Bolt", "Use this"):
            assert words in page
    assert seller.post(f"/clients/{acme.pk}/contacts/new/", sent | {"anyway": "1"}).status_code == 302
    assert acme.contacts.count() == 1


def test_a_contact_of_the_same_name_at_the_same_client_is_shown_first(cast, client_of):
    bolt = make_account("Bolt", owner=cast.salesperson)
    ivan = make_contact(bolt, "Ivan Petrov")
    seller, sent = client_of(cast.salesperson), CONTACT | {"name": "ivan petrov", "points-0-value": PHONE}
    assert seller.post(f"/clients/{bolt.pk}/contacts/new/", sent).status_code == 422
    used = seller.post(f"/contacts/{ivan.pk}/use/", sent)
    assert used.url == bolt.get_absolute_url()
    assert ivan.points.get().value == PHONE
    # Editing him warns of nobody: he is himself.
    assert seller.post(f"/contacts/{ivan.pk}/edit/", sent).status_code == 302


def test_a_contact_of_another_team_is_hinted_at_and_no_more(cast, client_of):
    hidden = make_account("Secret Customer", owner=cast.outsider)
    ivan = make_contact(hidden, "Ivan Petrov")
    ContactPoint.add(hidden, contact=ivan, kind="phone", value=PHONE, by=cast.outsider, at=timezone.now())
    acme, seller = make_account("Acme", owner=cast.salesperson), client_of(cast.salesperson)
    sent = CONTACT | {"name": "Petr", "points-0-value": PHONE}
    page = seller.post(f"/clients/{acme.pk}/contacts/duplicates/", sent).content.decode()
    assert "A contact with the same phone exists in another team" in page
    assert "Ivan Petrov" not in page
    assert "Secret" not in page
    assert seller.post(f"/contacts/{ivan.pk}/use/", sent).status_code == 404


def test_who_may_not_change_clients_may_not_ask_about_contacts(cast, client_of):
    acme = make_account("Acme", owner=cast.salesperson)
    assert client_of(cast.accountant).post(f"/clients/{acme.pk}/contacts/duplicates/").status_code == 403


def test_each_key_is_one_look_up_in_an_index(cast):
    """However large the table: with sequential scans forbidden an index finds kind and value at once.

    Which one is the planner's affair: on a table of two rows their costs are equal.
    """
    from accounts.duplicates.lookup import REACHED, SHARING

    known("Bolt", cast.salesperson, points=[("phone", PHONE)])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {SHARING}", [[0], ["phone"], [PHONE], 21])
        assert BOTH_LOOKED_UP.search("\n".join(row[0] for row in cursor.fetchall()))
        cursor.execute(f"EXPLAIN {REACHED}", [["phone"], [PHONE], 20])
        assert BOTH_LOOKED_UP.search("\n".join(row[0] for row in cursor.fetchall()))


def test_the_warning_costs_what_is_recorded(cast, client_of):
    for number in range(3):
        known(f"Bolt {number}", cast.salesperson, points=[("phone", PHONE)])
    seller = client_of(cast.salesperson)
    with assert_query_count("create, warned"):
        seller.post(PANEL, QUICK | {"phone": PHONE})
