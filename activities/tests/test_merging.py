"""A client merged into another takes its deals, activities and keys along, and what is derived from them stays true."""

from threading import Barrier, Thread

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Merge
from accounts.testing import make_account, make_contact
from activities.models import Attachment, Call, Meeting, Message, Note, Project, Task
from activities.testing import make_meeting, make_project, make_task
from changes import undoing
from deals.models import Deal, FunnelSum, StageTotal
from deals.testing import make_deal, make_pipeline
from integrations.models import ExternalId
from users.testing import make_cast

LINKED = (Task, Meeting, Note, Attachment, Project, Deal, Call, Message)


def busy(account, cast, contact):
    """A client with one of everything."""
    deal = make_deal("Roses", owner=cast.salesperson, account=account)
    deal.add_contact(contact, "decides", by=cast.salesperson, at=timezone.now())
    about = {"account": account, "deal": deal, "contact": contact}
    make_task(cast.salesperson, **about)
    make_meeting(cast.salesperson, **about)
    make_project(cast.salesperson, account=account)
    Note.add("Likes tulips", by=cast.salesperson, at=timezone.now(), **about)
    Attachment.add(ContentFile(b"Offer", "offer.txt"), by=cast.salesperson, at=timezone.now(), **about)
    ExternalId.objects.create(system="old", kind="account", key=account.name, object_id=account.pk)
    return deal


def links():
    return {
        model.__name__: list(model.objects.order_by("pk").values_list("pk", "account_id")) for model in LINKED
    }


def sums():
    """What the board and the funnel are drawn from, and the same counted from the deals themselves."""
    totals = StageTotal.objects.exclude(deals=0).order_by("stage", "owner")
    kept = list(totals.values_list("stage", "owner", "deals", "base_amount"))
    reached = FunnelSum.objects.order_by("pk").values_list("stage", "owner", "on", "grain", "reached")
    return kept, list(reached)


@pytest.mark.django_db
def test_everything_upstairs_moves_and_goes_back(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_pipeline()
    one = make_account("Acme", owner=cast.salesperson)
    other = make_account("Bolt", owner=cast.head)
    mine, theirs = make_contact(one), make_contact(other, "Anna Berg")
    busy(one, cast, mine)
    deal = busy(other, cast, theirs)
    before, sums_before = links(), sums()
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    assert {account for rows in links().values() for _pk, account in rows} == {one.pk}
    assert sums() == sums_before
    deal.refresh_from_db()
    assert "acme" in deal.search_text
    assert "bolt" not in deal.search_text
    assert set(one.team_ids) == {cast.salesperson.pk, cast.head.pk}
    assert set(ExternalId.objects.values_list("object_id", flat=True)) == {one.pk}
    undone = done.undo(by=cast.salesperson, at=timezone.now())
    assert links() == before
    assert sums() == sums_before
    deal.refresh_from_db()
    assert "bolt" in deal.search_text
    assert set(ExternalId.objects.values_list("object_id", flat=True)) == {one.pk, other.pk}
    assert undone.undo_of == done.change_set


@pytest.mark.django_db
def test_a_survivor_with_another_name_is_found_by_it_in_all_its_deals(cast):
    make_pipeline()
    one, other = (make_account(name, owner=cast.salesperson) for name in ("Acme", "Bolt"))
    deal = make_deal("Roses", owner=cast.salesperson, account=one)
    done = one.merge([other], {"name": str(other.pk)}, by=cast.salesperson, at=timezone.now())
    deal.refresh_from_db()
    assert "bolt" in deal.search_text
    done.undo(by=cast.salesperson, at=timezone.now())
    deal.refresh_from_db()
    assert "acme" in deal.search_text


@pytest.mark.django_db
def test_what_is_planned_since_for_a_deal_that_goes_back_goes_with_it(cast):
    make_pipeline()
    one, other = (make_account(name, owner=cast.salesperson) for name in ("Acme", "Bolt"))
    deal = make_deal("Roses", owner=cast.salesperson, account=other)
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    deal.refresh_from_db()
    of_deal = make_task(cast.salesperson, deal=deal)
    of_client = make_task(cast.salesperson, account=one)
    done.undo(by=cast.salesperson, at=timezone.now())
    assert Task.objects.get(pk=of_deal.pk).account_id == other.pk
    assert Task.objects.get(pk=of_client.pk).account_id == one.pk


@pytest.mark.django_db
def test_contacts_take_their_deals_and_activities_along(cast):
    make_pipeline()
    account = make_account("Acme", owner=cast.salesperson)
    one, other = make_contact(account), make_contact(account, "I. Petrov")
    deal = make_deal("Roses", owner=cast.salesperson, account=account)
    for contact in (one, other):
        deal.add_contact(contact, "decides", by=cast.salesperson, at=timezone.now())
    task = make_task(cast.salesperson, contact=other)
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    task.refresh_from_db()
    assert (task.contact_id, deal.deal_contacts.get().contact_id) == (one.pk, one.pk)
    done.undo(by=cast.salesperson, at=timezone.now())
    task.refresh_from_db()
    assert task.contact_id == other.pk
    assert set(deal.deal_contacts.values_list("contact_id", flat=True)) == {one.pk, other.pk}


@pytest.mark.django_db
def test_a_merge_is_one_change_set_and_its_undo_goes_through_the_same_verb(cast):
    one, other = (make_account(name, owner=cast.salesperson) for name in ("Acme", "Bolt"))
    done = one.merge([other], by=cast.salesperson, at=timezone.now())
    assert (done.change_set.kind, done.change_set.is_done) == ("merge", True)
    made = undoing.undo(done.change_set, by=cast.salesperson, at=timezone.now())
    assert made.undo_of == done.change_set
    assert Account.objects.filter(pk=other.pk).exists()


def at_once(*requests):
    """The same moment, each as its own person in its own connection: their status codes."""
    barrier, answers = Barrier(len(requests)), []

    def send(person, url, sent):
        browser = Client()
        browser.force_login(person, backend="users.backends.PersonBackend")
        barrier.wait()
        answers.append(browser.post(url, sent).status_code)
        connection.close()

    threads = [Thread(target=send, args=each) for each in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_two_people_merging_the_same_client_and_taking_it_back_at_the_same_moment():
    cast = make_cast()
    make_pipeline()
    accounts = [make_account(name, owner=cast.salesperson) for name in ("Acme", "Bolt", "Corner")]
    make_deal("Roses", owner=cast.salesperson, account=accounts[1])
    people = (cast.salesperson, cast.head)
    asked = []
    for person, survivor in zip(people, (accounts[0], accounts[2]), strict=True):
        browser = Client()
        browser.force_login(person, backend="users.backends.PersonBackend")
        sent = {"id": [survivor.pk, accounts[1].pk], "survivor": survivor.pk, "step": "preview"}
        seen = browser.post("/clients/merge/", sent).context["seen"]
        asked.append((person, "/clients/merge/", sent | {"step": "merge", "seen": seen}))
    answers = at_once(*asked)
    assert answers[0] == 302
    assert answers[1] in (404, 422)  # it was gone before they looked, or while they waited
    done = Merge.objects.get()
    assert Deal.objects.get().account_id == done.survivor_id
    url = f"/merges/{done.pk}/undo/"
    assert at_once(*((person, url, {}) for person in people)) == [302, 422]
    assert Account.objects.count() == 3
    assert Deal.objects.get().account_id == accounts[1].pk
