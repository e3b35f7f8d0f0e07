"""Several clients become one, and several again: everything they have moves, and goes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.duplicates import match_keys
from accounts.models import (
    Absorbed,
    Account,
    Address,
    Contact,
    ContactPoint,
    DuplicatePair,
    MatchKey,
    Merge,
    PairState,
    Tag,
    TaxNumber,
)
from accounts.testing import make_account, make_contact, make_custom_field
from foundation import timeline
from foundation.errors import Refused
from foundation.models import Event

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def point(account, kind, value, *, contact=None, **fields):
    by = account.owner
    return ContactPoint.add(account, contact=contact, kind=kind, value=value, by=by, at=NOW, **fields)


def merge(survivor, *others, by=None, **choices):
    done = survivor.merge(others, choices, by=by or survivor.owner, at=NOW)
    survivor.refresh_from_db()
    return done


def whole(account):
    """All that is said of a client, but for what says when it was written."""
    account = Account.objects.get(pk=account.pk)
    plain = {
        field.attname: getattr(account, field.attname)
        for field in Account._meta.concrete_fields
        if field.attname not in ("version", "completeness")
    }
    beside = {
        "contacts": sorted(account.contacts.values_list("pk", "name")),
        "points": sorted(
            account.points.values_list("pk", "contact", "kind", "value", "note", "is_preferred")
        ),
        "addresses": sorted(account.addresses.values_list("pk", "kind", "city", "street")),
        "numbers": sorted(account.tax_numbers.values_list("pk", "kind", "value")),
        "tags": sorted(account.tags.values_list("name", flat=True)),
        "keys": sorted(MatchKey.objects.filter(account=account).values_list("kind", "value")),
        "events": [entry.pk for entry in timeline.page("account", account.pk, limit=100).entries],
    }
    return plain | beside


def twins(cast):
    at = NOW - timedelta(days=9)
    one = make_account("Acme", owner=cast.salesperson, at=at, employees=5, about="First.", roles=["client"])
    other = make_account(
        "ACME Ltd", owner=cast.head, at=NOW, website="https://acme.example", about="Second.", roles=["lead"]
    )
    ivan = make_contact(one, "Ivan Petrov")
    anna = make_contact(other, "Anna Berg")
    point(one, "phone", "+74951234567", is_preferred=True)
    point(other, "phone", "+74951234567", note="the same")
    point(other, "email", "info@acme.example", is_preferred=True)
    point(other, "email", "anna@acme.example", contact=anna)
    Address.objects.create(account=one, city="Berlin")
    Address.objects.create(account=other, city="Berlin", street="Hauptstr. 5", postcode="10115")
    TaxNumber.objects.create(account=one, kind="ru_inn", value="7707083893")
    TaxNumber.objects.create(account=other, kind="ru_inn", value="7707083893")
    TaxNumber.objects.create(account=other, kind="other", value="42")
    for account, names in ((one, ["VIP", "spring"]), (other, ["VIP", "autumn"])):
        account.label_with([Tag.objects.get_or_create(name=name)[0] for name in names], by=one.owner, at=NOW)
    match_keys.keep([one.pk, other.pk])
    return one, other, ivan, anna


def test_everything_the_other_has_becomes_the_survivors_without_doubles(cast):
    one, other, ivan, anna = twins(cast)
    merge(one, other)
    assert not Account.objects.filter(pk=other.pk).exists()
    assert set(one.contacts.all()) == {ivan, anna}
    own = one.points.filter(contact=None).order_by("pk").values_list("kind", "value", "is_preferred")
    assert list(own) == [("phone", "+74951234567", True), ("email", "info@acme.example", False)]
    assert anna.points.get().account_id == one.pk
    assert one.addresses.get().street == "Hauptstr. 5"
    assert sorted(one.tax_numbers.values_list("value", flat=True)) == ["42", "7707083893"]
    assert sorted(one.tags.values_list("name", flat=True)) == ["VIP", "autumn", "spring"]
    assert (one.name, one.employees, one.website) == ("Acme", 5, "https://acme.example")
    assert one.roles == ["client"]
    assert set(one.team_ids) == {cast.salesperson.pk, cast.head.pk}
    assert set(MatchKey.objects.filter(account=one).values_list("kind", "value")) == _keys(one)


def _keys(account):
    from accounts.duplicates.matching import keys_of

    return keys_of(match_keys.parties_of([account.pk])[account.pk])


def test_what_is_chosen_stands(cast):
    one, other, *_people = twins(cast)
    chosen = {"name": str(other.pk), "owner": str(other.pk), "about": "all", "addresses": "all"}
    merge(one, other, **chosen)
    assert (one.name, one.owner, one.about) == ("ACME Ltd", cast.head, "First.\n\nSecond.")
    assert one.addresses.count() == 2
    assert one.sort_key.startswith("acme")


def test_custom_fields_are_chosen_joined_and_followed(cast):
    make_custom_field("area", "number")
    make_custom_field("uses", "choices", options={"a": "A", "b": "B", "c": "C"})
    make_custom_field("agent", "relation")
    one, other, *_people = twins(cast)
    third = make_account("Third", owner=cast.salesperson, custom={"agent": other.pk})
    one.change({"custom": {"uses": ["a", "b"]}}, by=one.owner, at=NOW)
    other.change({"custom": {"area": 120, "uses": ["b", "c"], "agent": one.pk}}, by=one.owner, at=NOW)
    done = merge(one, other)
    assert one.custom == {"area": 120, "uses": ["a", "b", "c"]}
    third.refresh_from_db()
    assert third.custom == {"agent": one.pk}
    done.undo(by=one.owner, at=NOW)
    third.refresh_from_db()
    assert third.custom == {"agent": other.pk}
    assert Account.objects.get(pk=other.pk).custom == {"area": 120, "uses": ["b", "c"], "agent": one.pk}


def test_both_histories_are_one_and_two_again(cast):
    one, other, *_people = twins(cast)
    both = {
        entry.pk for each in (one, other) for entry in timeline.page("account", each.pk, limit=100).entries
    }
    done = merge(one, other)
    shown = timeline.page("account", one.pk, limit=100).entries
    assert {entry.pk for entry in shown} > both
    assert "Merged with: ACME Ltd" in [entry.sentence for entry in shown]
    done.undo(by=one.owner, at=NOW)
    assert Event.objects.get(name="account.separated").payload["others"] == [other.pk]


def test_undo_brings_back_all_that_was(cast):
    one, other, *_people = twins(cast)
    before = [whole(one), whole(other)]
    done = merge(one, other, name=str(other.pk), about="all")
    done.undo(by=one.owner, at=NOW + timedelta(days=29))
    after = [whole(one), whole(other)]
    for had, has in zip(before, after, strict=True):
        told = [key for key in has["events"] if key not in had["events"]]
        assert len(told) <= 2  # that they were merged, and that it was taken back
        assert {name: value for name, value in has.items() if name != "events"} == {
            name: value for name, value in had.items() if name != "events"
        }
    done.refresh_from_db()
    assert done.undone_by == cast.salesperson


def test_later_edits_stay_unless_the_person_says_otherwise(cast):
    for choice, expected in (({}, "Acme & Sons"), ({"name": "before"}, "Acme")):
        one, other, *_people = twins(cast)
        done = merge(one, other, name=str(other.pk))
        one.change({"name": "Acme & Sons", "employees": 7}, by=one.owner, at=NOW)
        done.undo(choice, by=one.owner, at=NOW)
        one.refresh_from_db()
        assert (one.name, one.employees, one.website) == (expected, 7, "")


def test_children_added_later_stay_but_for_what_is_about_one_that_went_back(cast):
    one, other, _ivan, anna = twins(cast)
    done = merge(one, other)
    newcomer = make_contact(one, "Newcomer")
    anna.refresh_from_db()
    added = point(one, "email", "anna2@acme.example", contact=anna)
    done.undo(by=one.owner, at=NOW)
    assert Contact.objects.get(pk=newcomer.pk).account_id == one.pk
    assert Contact.objects.get(pk=anna.pk).account_id == other.pk
    assert ContactPoint.objects.get(pk=added.pk).account_id == other.pk


def test_what_was_removed_or_given_away_since_does_not_come_back(cast):
    one, other, _ivan, anna = twins(cast)
    third = make_account("Third", owner=cast.salesperson)
    done = merge(one, other)
    Contact.objects.filter(pk=anna.pk).update(account=third)
    ContactPoint.objects.filter(contact=anna).update(account=third)
    one.points.filter(kind="email").delete()
    done.undo(by=one.owner, at=NOW)
    assert Contact.objects.get(pk=anna.pk).account_id == third.pk
    assert not Account.objects.get(pk=other.pk).points.filter(kind="email").exists()


def test_how_complete_it_is_is_true_at_once(cast):
    from accounts.completeness import counting

    one, other, *_people = twins(cast)
    counting.keep([one.pk, other.pk])
    alone = Account.objects.get(pk=one.pk).completeness
    done = merge(one, other)
    together = one.completeness
    counting.keep([one.pk])
    assert together == Account.objects.get(pk=one.pk).completeness
    done.undo(by=one.owner, at=NOW)
    assert Account.objects.get(pk=one.pk).completeness == alone


def test_a_merge_is_taken_back_once_and_in_thirty_days(cast):
    one, other, *_people = twins(cast)
    done = merge(one, other)
    with pytest.raises(Refused, match="30 days"):
        done.undo(by=one.owner, at=NOW + timedelta(days=31))
    done.undo(by=one.owner, at=NOW)
    with pytest.raises(Refused, match="taken back already"):
        Merge.objects.get(pk=done.pk).undo(by=one.owner, at=NOW)


def test_merges_upon_merges_are_taken_back_in_their_order(cast):
    one, other, *_people = twins(cast)
    third = make_account("Third", owner=cast.salesperson)
    first = merge(one, other)
    second = merge(third, one)
    with pytest.raises(Refused, match="Take that merge back first"):
        first.undo(by=one.owner, at=NOW)
    second.undo(by=one.owner, at=NOW)
    first.undo(by=one.owner, at=NOW)
    assert Account.objects.count() == 3


def test_who_comes_second_is_told(cast):
    one, other, *_people = twins(cast)
    third = make_account("Third", owner=cast.salesperson)
    stale = Account.objects.get(pk=other.pk)
    merge(one, other)
    with pytest.raises(Refused, match="merged or removed meanwhile"):
        third.merge([stale], by=one.owner, at=NOW)


@pytest.mark.parametrize("how_many", [0, 5])
def test_two_to_five_are_merged(cast, how_many):
    one = make_account("One", owner=cast.salesperson)
    others = [make_account(f"Other {number}", owner=cast.salesperson) for number in range(how_many)]
    with pytest.raises(Refused, match="two to five"):
        merge(one, *others)
    assert Account.objects.count() == how_many + 1


def test_five_become_one_and_five_again(cast):
    accounts = [make_account(f"Acme {number}", owner=cast.salesperson) for number in range(5)]
    for account in accounts:
        point(account, "email", "info@acme.example")
        make_contact(account, f"Of {account.name}")
    match_keys.keep([each.pk for each in accounts])
    before = [whole(each) | {"events": 0} for each in accounts]
    done = merge(accounts[2], *(each for each in accounts if each != accounts[2]))
    assert Account.objects.get().contacts.count() == 5
    done.undo(by=cast.salesperson, at=NOW)
    assert [whole(each) | {"events": 0} for each in accounts] == before


def test_subsidiaries_follow_and_nobody_stands_below_itself(cast):
    mother = make_account("Mother", owner=cast.salesperson)
    daughter = make_account("Daughter", owner=cast.salesperson, parent=mother)
    grandchild = make_account("Grandchild", owner=cast.salesperson, parent=daughter)
    done = merge(daughter, mother)
    assert daughter.parent is None
    grandchild.refresh_from_db()
    assert grandchild.parent == daughter
    done.undo(by=cast.salesperson, at=NOW)
    daughter.refresh_from_db()
    assert daughter.parent == mother
    closing = merge(mother, Account.objects.get(pk=grandchild.pk))
    daughter.refresh_from_db()
    assert (mother.parent, daughter.parent) == (None, mother)
    closing.undo(by=cast.salesperson, at=NOW)
    grandchild.refresh_from_db()
    assert grandchild.parent == daughter


def test_that_two_are_no_duplicates_stays_said_of_the_survivor(cast):
    one, other, *_people = twins(cast)
    third, fourth = (make_account(name, owner=cast.salesperson) for name in ("Third", "Fourth"))
    for account, state in ((third, PairState.NOT_DUPLICATE), (fourth, PairState.NEW)):
        DuplicatePair.objects.create(first=other, second=account, score=12, found_at=NOW, state=state)
    DuplicatePair.objects.create(first=one, second=third, score=15, found_at=NOW)
    DuplicatePair.objects.create(first=one, second=other, score=20, found_at=NOW)
    done = merge(one, other)
    pairs = DuplicatePair.objects.order_by("second").values_list("first", "second", "state")
    assert list(pairs) == [(one.pk, third.pk, "not_duplicate"), (one.pk, fourth.pk, "new")]
    done.undo(by=one.owner, at=NOW)
    assert DuplicatePair.objects.filter(first=one, second=other, state="new").exists()
    assert DuplicatePair.objects.filter(first=other, second=third, state="not_duplicate").exists()


def test_contacts_of_one_client_become_one_and_several_again(cast):
    account = make_account("Acme", owner=cast.salesperson)
    one, other = make_contact(account, "Ivan Petrov"), make_contact(account, "I. Petrov", position="")
    for contact in (one, other):
        point(account, "phone", "+74951234567", contact=contact, is_preferred=True)
    point(account, "email", "ivan@acme.example", contact=other)
    other.change({"note": "Likes tea"}, by=cast.salesperson, at=NOW)
    done = merge(one, other, by=cast.salesperson)
    assert sorted(one.points.values_list("value", flat=True)) == ["+74951234567", "ivan@acme.example"]
    assert (one.note, one.position) == ("Likes tea", "Director")
    assert Event.objects.filter(name="contact.merged").exists()
    done.undo(by=cast.salesperson, at=NOW)
    one.refresh_from_db()
    assert one.note == ""
    assert other.points.count() == 2
    assert one.points.get().is_preferred


def test_contacts_of_two_clients_are_not_merged(cast):
    contacts = [make_contact(make_account(name, owner=cast.salesperson)) for name in ("Acme", "Bolt")]
    with pytest.raises(Refused, match="Merge the clients first"):
        merge(contacts[0], contacts[1], by=cast.salesperson)


def test_a_refused_merge_leaves_nothing_behind(cast):
    one, other, *_people = twins(cast)
    before = whole(one), whole(other)
    with pytest.raises(Refused):
        one.merge([other, Account(pk=10**9)], by=one.owner, at=NOW)
    assert (whole(one), whole(other)) == before
    assert not Merge.objects.exists()
    assert not Absorbed.objects.exists()
