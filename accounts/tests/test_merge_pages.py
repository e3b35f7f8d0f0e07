"""The pages of a merge: choosing side by side, the last look, the result, and the way back."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Account, Contact, ContactPoint, DuplicatePair, Merge
from accounts.testing import make_account, make_contact, make_custom_field
from foundation.testing import assert_query_count
from users.testing import make_role, make_user

HERE, CONTACTS = "/clients/merge/", "/contacts/merge/"
pytestmark = pytest.mark.django_db


def twins(cast):
    one = make_account("Acme", owner=cast.salesperson, employees=5)
    other = make_account("ACME Ltd", owner=cast.salesperson, website="https://acme.example")
    make_contact(other, "Anna Berg")
    ContactPoint.add(other, kind="phone", value="+74951234567", by=cast.salesperson, at=timezone.now())
    return one, other


def asked(*accounts):
    return f"{HERE}?" + "&".join(f"id={each.pk}" for each in accounts)


def previewed(seller, *accounts, here=HERE, **choices):
    sent = {"id": [each.pk for each in accounts], "step": "preview"} | choices
    answer = seller.post(here, sent)
    return answer, sent | {"seen": answer.context["seen"], "step": "merge", "nonce": str(uuid4())}


def test_two_clients_stand_side_by_side_with_what_goes_along(cast, client_of):
    one, other = twins(cast)
    page = client_of(cast.salesperson).get(asked(one, other)).content.decode()
    for words in ("Acme", "ACME Ltd", "https://acme.example", "+7 495 123-45-67", "Contacts", "Preview"):
        assert words in page
    assert "Founded in" not in page  # empty on both sides
    assert page.count('name="survivor"') == 2


def test_the_last_look_shows_what_will_stay_and_merges(cast, client_of):
    one, other = twins(cast)
    seller = client_of(cast.salesperson)
    preview, sent = previewed(seller, one, other, survivor=one.pk, **{"field-name": other.pk})
    page = preview.content.decode()
    assert "Merge 2 clients" in page
    assert "ACME Ltd" in page
    assert Account.objects.count() == 2
    answer = seller.post(HERE, sent)
    done = Merge.objects.get()
    assert answer.url == done.get_absolute_url()
    one.refresh_from_db()
    assert (one.name, one.website, one.employees) == ("ACME Ltd", "https://acme.example", 5)
    shown = seller.get(answer.url).content.decode()
    for words in ("Undo merge", "ACME Ltd", "1 moved", cast.salesperson.name):
        assert words in shown
    # The same form once more leads to the same place.
    assert seller.post(HERE, sent).status_code in (302, 404)
    assert Merge.objects.count() == 1


def test_the_old_address_leads_to_the_survivor_and_back_after_undo(cast, client_of):
    one, other = twins(cast)
    seller = client_of(cast.salesperson)
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    for path in ("", "timeline/", "edit/"):
        answer = seller.get(f"/clients/{other.pk}/{path}?only=x")
        assert answer.url == f"/clients/{one.pk}/{path}?only=x"
    assert client_of(cast.outsider).get(f"/clients/{other.pk}/").status_code == 404
    answer = seller.post(f"/merges/{done.pk}/undo/", follow=True)
    assert "took this merge back" in answer.content.decode()
    assert seller.get(f"/clients/{other.pk}/").status_code == 200


def test_the_old_address_follows_a_chain_of_merges(cast, client_of):
    one, other = twins(cast)
    third = make_account("Third", owner=cast.salesperson)
    one.merge([other], by=cast.salesperson, at=timezone.now())
    third.merge([one], by=cast.salesperson, at=timezone.now())
    assert client_of(cast.salesperson).get(f"/clients/{other.pk}/").url == f"/clients/{third.pk}/"


def test_who_does_not_see_them_all_finds_nothing(cast, client_of):
    one, other = twins(cast)
    hidden = make_account("Secret", owner=cast.outsider)
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    for person, url in (
        (cast.salesperson, asked(one, hidden)),
        (cast.outsider, asked(one)),
        (cast.salesperson, HERE),
        (cast.salesperson, f"{HERE}?id=x"),
        (cast.salesperson, f"{HERE}?id=%00&id=1e5"),
        (cast.outsider, f"/merges/{done.pk}/"),
        (cast.salesperson, "/merges/999999/"),
    ):
        assert client_of(person).get(url).status_code == 404
    assert client_of(cast.outsider).post(f"/merges/{done.pk}/undo/").status_code == 404
    assert (
        client_of(cast.salesperson).post(HERE, {"id": [one.pk, hidden.pk], "step": "merge"}).status_code
        == 404
    )


def test_who_may_only_look_may_not_merge(cast, client_of):
    one, other = twins(cast)
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    accountant = client_of(cast.accountant)
    assert accountant.get(asked(one)).status_code == 403
    assert "Undo merge" not in accountant.get(f"/merges/{done.pk}/").content.decode()
    assert accountant.post(f"/merges/{done.pk}/undo/").status_code == 403


def test_what_changed_since_the_look_is_looked_at_again(cast, client_of):
    one, other = twins(cast)
    seller = client_of(cast.salesperson)
    _preview, sent = previewed(seller, one, other)
    other.change({"employees": 9}, by=cast.salesperson, at=timezone.now())
    answer = seller.post(HERE, sent)
    assert answer.status_code == 422
    assert "Something changed since you looked" in answer.content.decode()
    assert not Merge.objects.exists()


def test_one_alone_is_asked_with_whom(cast, client_of):
    one, other = twins(cast)
    DuplicatePair.objects.create(first=one, second=other, score=12, found_at=timezone.now())
    seller = client_of(cast.salesperson)
    page = seller.get(asked(one)).content.decode()
    assert "Another client" in page
    assert f'name="id" value="{other.pk}"' in page
    added = seller.get(f"{asked(one)}&other=ACME Ltd")
    assert added.url == asked(one, other)
    unknown = seller.get(f"{asked(one)}&other=Nobody")
    assert unknown.status_code == 422
    assert "There is no client" in unknown.content.decode()


def test_conflicts_are_shown_before_undoing(cast, client_of):
    make_custom_field("area", "number")
    one, other = twins(cast)
    seller = client_of(cast.salesperson)
    done = one.merge([other], {"name": str(other.pk)}, by=cast.salesperson, at=timezone.now())
    one.change({"name": "Acme & Sons"}, by=cast.salesperson, at=timezone.now())
    page = seller.get(f"/merges/{done.pk}/").content.decode()
    for words in ("Acme &amp; Sons", "as it is now", "as before the merge", "The merge left: ACME Ltd"):
        assert words in page
    seller.post(f"/merges/{done.pk}/undo/", {"field-name": "before"})
    one.refresh_from_db()
    assert one.name == "Acme"
    again = seller.post(f"/merges/{done.pk}/undo/")
    assert again.status_code == 422
    assert "taken back already" in again.content.decode()


def test_contacts_are_merged_in_the_same_way(cast, client_of):
    account = make_account("Acme", owner=cast.salesperson)
    one, other = make_contact(account, "Ivan Petrov"), make_contact(account, "I. Petrov", position="CEO")
    seller = client_of(cast.salesperson)
    alone = seller.get(f"{CONTACTS}?id={one.pk}").content.decode()
    assert "I. Petrov" in alone
    preview, sent = previewed(seller, one, other, here=CONTACTS, survivor=one.pk)
    assert "Merge 2 contacts" in preview.content.decode()
    answer = seller.post(CONTACTS, sent, follow=True)
    assert "Undo merge" in answer.content.decode()
    assert Contact.objects.get() == one
    assert seller.get(f"/contacts/{other.pk}/edit/").url == f"/contacts/{one.pk}/edit/"
    assert client_of(cast.outsider).get(f"{CONTACTS}?id={one.pk}").status_code == 404


def test_the_duplicates_page_and_the_card_lead_here(cast, client_of):
    one, other = twins(cast)
    DuplicatePair.objects.create(first=one, second=other, score=12, found_at=timezone.now())
    seller = client_of(cast.salesperson)
    link = asked(one, other).replace("&", "&amp;")
    assert f'href="{link}"' in seller.get("/clients/duplicates/").content.decode()
    assert f'href="{asked(one)}"' in seller.get(f"/clients/{one.pk}/").content.decode()


def test_the_pages_cost_what_is_recorded(cast, client_of):
    one, other = twins(cast)
    seller = client_of(cast.salesperson)
    with assert_query_count("merge, side by side"):
        seller.get(asked(one, other))
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    with assert_query_count("merge, result"):
        seller.get(f"/merges/{done.pk}/")


def test_ticks_on_the_list_lead_to_the_merge_of_just_those(cast, client_of):
    first, second = (make_account(name, owner=cast.salesperson) for name in ("Acme", "Acme Ltd"))
    person = client_of(cast.salesperson)
    page = person.get("/clients/").content.decode()
    assert 'action="/clients/merge/"' in page
    for account in (first, second):
        assert f"form=merge name=id value={account.pk} " in page
    merge = person.get(f"/clients/merge/?id={first.pk}&id={second.pk}")
    assert merge.status_code == 200
    assert {each.pk for each in merge.context["asked"].records} == {first.pk, second.pk}


def test_who_may_not_change_clients_has_nothing_to_tick(cast, client_of):
    make_account("Acme", owner=cast.salesperson)
    make_role("reader", accounts__view="all")
    page = client_of(make_user("Rita Reads", "reader")).get("/clients/").content.decode()
    assert "Acme" in page
    assert "form=merge" not in page


def test_contacts_of_a_client_are_ticked_on_its_card(cast, client_of):
    account = make_account("Acme", owner=cast.salesperson)
    ann = make_contact(account, "Ann")
    person = client_of(cast.salesperson)
    assert "merge-contacts" not in person.get(account.get_absolute_url()).content.decode()
    make_contact(account, "Anne")
    page = person.get(account.get_absolute_url()).content.decode()
    assert f'form="merge-contacts" name="id" value="{ann.pk}"' in page
