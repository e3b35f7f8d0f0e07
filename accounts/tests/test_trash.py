"""Clients and contacts in the trash: the question, what goes along, and the way back."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.duplicates.match_keys import keep
from accounts.merging.verb import merge
from accounts.models import Account, Contact, ContactPoint, MatchKey, Relation, Tag
from accounts.testing import make_account, make_contact
from changes.models import TrashEntry
from changes.trash import verbs
from deals.models import Deal
from deals.testing import make_deal
from foundation.errors import Refused
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


@pytest.fixture
def acme(cast: Cast) -> Account:
    account = make_account("Acme", owner=cast.salesperson)
    make_contact(account, "Ivan Petrov")
    return account


def test_a_client_goes_with_its_deals_and_contacts_and_exactly_these_come_back(
    cast: Cast, acme: Account
) -> None:
    now = timezone.now()
    deal, earlier = (make_deal(title, owner=cast.salesperson, account=acme) for title in ("Roses", "Tulips"))
    acme.label_with([Tag.objects.create(name="hot")], by=cast.head, at=now)
    verbs.put_in_trash(earlier, by=cast.head, at=now)

    entry = verbs.put_in_trash(acme, by=cast.head, at=now)
    assert not Account.objects.filter(pk=acme.pk).exists()
    assert not Deal.objects.filter(pk=deal.pk).exists()
    assert entry.counts["deals.Deal"] == 1
    verbs.restore(entry, by=cast.head, at=now)

    assert list(acme.deals.values_list("pk", flat=True)) == [deal.pk]
    assert list(acme.contacts.values_list("name", flat=True)) == ["Ivan Petrov"]
    assert [tag.name for tag in acme.tags.all()] == ["hot"]
    assert TrashEntry.objects.get().record_id == earlier.pk


def test_a_client_stays_where_one_of_its_deals_is_not_the_persons_to_delete(
    cast: Cast, acme: Account
) -> None:
    make_deal(owner=cast.outsider, account=acme)

    with pytest.raises(Refused, match="1 of its deals is not yours to delete"):
        verbs.put_in_trash(acme, by=cast.head, at=timezone.now())

    assert Account.objects.filter(pk=acme.pk).exists()


def test_a_client_in_the_trash_is_nobodys_double(cast: Cast, acme: Account) -> None:
    acme.change({"website": "https://acme.example"}, by=cast.head, at=timezone.now())
    keep([acme.pk])
    assert MatchKey.objects.filter(account=acme).exists()

    entry = verbs.put_in_trash(acme, by=cast.head, at=timezone.now())
    assert not MatchKey.objects.filter(account_id=acme.pk).exists()
    verbs.restore(entry, by=cast.head, at=timezone.now())

    assert MatchKey.objects.filter(account=acme).exists()


def test_subsidiaries_stay_and_stand_below_it_again_when_it_is_back(cast: Cast, acme: Account) -> None:
    now, branch = timezone.now(), make_account("Acme North", owner=cast.salesperson)
    branch.change({"parent": acme}, by=cast.head, at=now)

    entry = verbs.put_in_trash(acme, by=cast.head, at=now)
    branch.refresh_from_db()
    assert branch.parent_id is None
    verbs.restore(entry, by=cast.head, at=now)

    branch.refresh_from_db()
    assert branch.parent_id == acme.pk
    assert Relation.objects.get(to_account=branch).from_account_id == acme.pk


def test_a_circle_that_closed_meanwhile_is_opened_when_it_comes_back(cast: Cast, acme: Account) -> None:
    now = timezone.now()
    top, below = make_account("Top"), make_account("Below")
    acme.change({"parent": top}, by=cast.head, at=now)
    below.change({"parent": acme}, by=cast.head, at=now)
    entry = verbs.put_in_trash(acme, by=cast.admin, at=now)
    top.change({"parent": below}, by=cast.head, at=now)

    verbs.restore(entry, by=cast.admin, at=now)

    acme.refresh_from_db()
    assert acme.parent_id is None
    assert not Relation.objects.filter(to_account=acme).exists()


def test_a_contact_comes_back_with_its_phones_to_the_client_that_took_in_its_own(
    cast: Cast, acme: Account
) -> None:
    now, ivan, other = timezone.now(), Contact.objects.get(), make_account("Acme Ltd", owner=cast.salesperson)
    ContactPoint.add(acme, contact=ivan, kind="phone", value="+79161234567", by=cast.head, at=now)
    entry = verbs.put_in_trash(ivan, by=cast.head, at=now)
    merge(other, [acme.pk], {}, by=cast.head, at=now)

    verbs.restore(entry, by=cast.head, at=now)

    ivan = Contact.objects.get(pk=ivan.pk)
    assert ivan.account_id == other.pk
    assert ivan.points.count() == 1


def test_the_question_lists_what_goes_along_and_the_answer_puts_it_into_the_trash(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    make_deal(owner=cast.salesperson, account=acme)
    head = client_of(cast.head)
    question = head.get(f"/clients/{acme.pk}/trash/").content.decode()
    assert f'href="/deals/?account={acme.pk}"' in question
    assert "Contacts" in question

    answer = head.post(f"/clients/{acme.pk}/trash/", {"reason": "A test"}, follow=True).content.decode()

    entry = TrashEntry.objects.get(record="client")
    assert f"undo:/trash/{entry.pk}/restore/" in answer
    assert entry.reason == "A test"


def test_who_may_not_delete_hears_which_right_is_missing_and_the_outsider_finds_nothing(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    assert client_of(cast.salesperson).get(f"/clients/{acme.pk}/trash/").status_code == 403
    head = client_of(cast.head)
    theirs = make_account("Export", owner=cast.outsider)
    assert head.get(f"/clients/{theirs.pk}/trash/").status_code == 404
    assert head.post(f"/clients/{theirs.pk}/trash/").status_code == 404
    assert "Delete…" not in client_of(cast.salesperson).get(f"/clients/{acme.pk}/").content.decode()
    assert "Delete…" in head.get(f"/clients/{acme.pk}/").content.decode()


def test_a_reason_too_long_is_said_and_kept(cast: Cast, acme: Account, client_of: Browser) -> None:
    answer = client_of(cast.head).post(f"/clients/{acme.pk}/trash/", {"reason": "x" * 201})
    assert answer.status_code == 422
    assert "x" * 201 in answer.content.decode()


def test_what_may_not_go_is_said_in_the_question(cast: Cast, acme: Account, client_of: Browser) -> None:
    make_deal(owner=cast.outsider, account=acme)
    answer = client_of(cast.head).post(f"/clients/{acme.pk}/trash/")
    assert answer.status_code == 422
    assert "not yours to delete" in answer.content.decode()


def test_its_page_says_who_put_it_into_the_trash_to_those_who_saw_it(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    client_of(cast.head).post(f"/clients/{acme.pk}/trash/", {"reason": "A test"})

    page = client_of(cast.salesperson).get(f"/clients/{acme.pk}/").content.decode()
    assert "Helena Marsh put it there" in page
    assert "Put it back" not in page
    assert "Put it back" in client_of(cast.head).get(f"/clients/{acme.pk}/").content.decode()
    assert client_of(cast.outsider).get(f"/clients/{acme.pk}/").status_code == 404


def test_a_contact_is_deleted_from_its_form_and_its_page_says_so(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    ivan, head = Contact.objects.get(), client_of(cast.head)
    assert f"/contacts/{ivan.pk}/trash/" in head.get(f"/contacts/{ivan.pk}/edit/").content.decode()

    answer = head.post(f"/contacts/{ivan.pk}/trash/", follow=True)

    assert answer.redirect_chain[-1][0] == f"/clients/{acme.pk}/"
    assert "It is in the trash" in head.get(f"/contacts/{ivan.pk}/edit/").content.decode()
    assert client_of(cast.salesperson).get(f"/contacts/{ivan.pk}/trash/").status_code == 403


def test_the_question_asks_each_table_once_however_much_hangs_on_the_client(
    cast: Cast, acme: Account, client_of: Browser
) -> None:
    head, place = client_of(cast.head), f"/clients/{acme.pk}/trash/"
    make_deal(owner=cast.salesperson, account=acme)
    head.get(place)
    with CaptureQueriesContext(connection) as few:
        head.get(place)
    for number in range(3):
        make_contact(acme, f"Person {number}")
        make_deal(owner=cast.salesperson, account=acme)

    with CaptureQueriesContext(connection) as many:
        head.get(place)

    assert len(many) == len(few)
