"""A client to somebody else in two clicks, with what is open there; taken back with one."""

import pytest
from django.utils import timezone

from accounts.models import Account
from accounts.testing import make_account
from activities.testing import make_task
from changes.models import ChangeKind, ChangeSet
from deals.models import Deal
from deals.testing import make_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(cast):
    acme = make_account("Acme", owner=cast.salesperson)
    make_deal("Open", owner=cast.salesperson, account=acme)
    make_deal("Won", owner=cast.salesperson, account=acme, won=True)
    make_deal("Somebody else's", owner=cast.head, account=acme)
    make_task(cast.salesperson, "Call Acme", account=acme)
    return acme


def url(account):
    return f"/clients/{account.pk}/assign/"


def owners(acme):
    return {
        **dict(Deal.objects.filter(account=acme).values_list("title", "owner__name")),
        **dict(acme.tasks.values_list("title", "owner__name")),
    }


def test_the_card_leads_to_people_to_press_and_says_what_would_go_along(cast, acme, client_of):
    head = client_of(cast.head)
    assert f'href="{url(acme)}" data-dialog' in head.get(acme.get_absolute_url()).content.decode()
    text = head.get(url(acme)).content.decode()
    assert f'name="to" value="{cast.colleague.pk}"' in text
    assert f'name="to" value="{cast.salesperson.pk}"' not in text
    assert "Open deals (1)" in text
    assert "Open tasks (1)" in text


def test_one_press_gives_it_with_what_is_ticked_and_undo_puts_all_of_it_back(cast, acme, client_of):
    head = client_of(cast.head)
    said = {"to": cast.colleague.pk, "owner": cast.salesperson.pk, "along": ["deal", "task"]}
    answer = head.post(url(acme), said, follow=True).content.decode()
    assert f"Acme now belongs to {cast.colleague.name}." in answer
    made = ChangeSet.objects.get()
    assert made.kind == ChangeKind.REASSIGNMENT
    assert f"undo:/changes/{made.pk}/undo/" in answer or f"/changes/{made.pk}/undo/" in answer
    new, old = cast.colleague.name, cast.salesperson.name
    assert owners(acme) == {"Open": new, "Won": old, "Somebody else's": cast.head.name, "Call Acme": new}
    assert Deal.objects.visible_to(cast.salesperson).filter(title="Open").exists()
    head.post(f"/changes/{made.pk}/undo/")
    acme.refresh_from_db()
    assert acme.owner == cast.salesperson
    assert owners(acme) == {"Open": old, "Won": old, "Somebody else's": cast.head.name, "Call Acme": old}


def test_who_got_a_client_by_mistake_sees_it_no_longer_when_it_goes_back(cast, acme, client_of):
    head = client_of(cast.head)
    colleagues = Account.objects.visible_to(cast.colleague).filter(pk=acme.pk)
    acme.let_see(cast.support.pk)
    acme.refresh_from_db()
    before = sorted(acme.team_ids)
    head.post(url(acme), {"to": cast.colleague.pk})
    assert colleagues.exists()

    head.post(f"/changes/{ChangeSet.objects.get().pk}/undo/")
    acme.refresh_from_db()
    assert (acme.owner, sorted(acme.team_ids)) == (cast.salesperson, before)
    assert not colleagues.exists()


def test_what_is_not_ticked_stays(cast, acme, client_of):
    client_of(cast.head).post(url(acme), {"to": cast.colleague.pk, "along": ["task"]})
    assert owners(acme)["Open"] == cast.salesperson.name
    assert owners(acme)["Call Acme"] == cast.colleague.name


def test_nothing_goes_along_to_nobody(cast, acme, client_of):
    client_of(cast.head).post(url(acme), {"owner": "", "along": ["deal", "task"]})
    acme.refresh_from_db()
    assert acme.owner is None
    assert owners(acme)["Open"] == cast.salesperson.name


def test_what_is_no_kind_to_give_is_refused_and_the_ticks_are_kept(cast, acme, client_of):
    answer = client_of(cast.head).post(url(acme), {"to": cast.colleague.pk, "along": ["deal", "planet"]})
    assert answer.status_code == 422
    assert 'value="deal" ' in answer.content.decode()
    acme.refresh_from_db()
    assert acme.owner == cast.salesperson


def test_the_same_owner_is_no_change(cast, acme, client_of):
    client_of(cast.head).post(url(acme), {"to": cast.salesperson.pk})
    assert not ChangeSet.objects.exists()


def test_whose_client_it_becomes_is_told(cast, acme):
    from foundation.drain import drain
    from users.models import Notification

    acme.assign(cast.colleague, by=cast.head, at=timezone.now())
    drain()
    told = Notification.objects.get(person=cast.colleague, kind="account.assigned")
    assert told.title == "Acme"
    assert f"Given to you by {cast.head.name}." in told.text


def test_a_deal_is_given_by_one_press_and_taken_back_by_one(cast, acme, client_of):
    deal = Deal.objects.get(title="Open")
    head = client_of(cast.head)
    page = head.get(f"/deals/{deal.pk}/").content.decode()
    assert f'href="/deals/{deal.pk}/assign/" data-dialog' in page
    assert f'name="to" value="{cast.colleague.pk}"' in head.get(f"/deals/{deal.pk}/assign/").content.decode()
    answer = head.post(f"/deals/{deal.pk}/assign/", {"to": cast.colleague.pk}, follow=True).content.decode()
    made = ChangeSet.objects.get()
    assert f"/changes/{made.pk}/undo/" in answer
    assert Deal.objects.get(pk=deal.pk).owner == cast.colleague
    assert Deal.objects.visible_to(cast.salesperson).filter(pk=deal.pk).exists()
    head.post(f"/changes/{made.pk}/undo/")
    assert Deal.objects.get(pk=deal.pk).owner == cast.salesperson
