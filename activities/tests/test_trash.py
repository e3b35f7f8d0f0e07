"""What becomes of activities when a deal or a client goes into the trash."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.testing import make_account
from activities.models import Call, Meeting, Note, Task
from activities.testing import make_meeting, make_task
from changes import undoing
from changes.models import ChangeKind, TrashEntry
from changes.recording import change_set
from changes.trash import verbs
from deals.testing import make_deal
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_what_was_planned_goes_along_and_what_was_done_with_the_client_stays_with_the_client(
    cast: Cast,
) -> None:
    now, account = timezone.now(), make_account(owner=cast.salesperson)
    deal = make_deal("Roses", owner=cast.salesperson, account=account)
    task = make_task(cast.salesperson, "Send the offer", deal=deal)
    meeting = make_meeting(cast.salesperson, deal=deal)
    note = Note.add("They like roses", by=cast.salesperson, at=now, deal=deal)
    call = Call.log(by=cast.salesperson, at=now, deal=deal)

    entry = verbs.put_in_trash(deal, by=cast.head, at=now)
    call.refresh_from_db()
    assert not Task.objects.filter(pk=task.pk).exists()
    assert not Meeting.objects.filter(pk=meeting.pk).exists()
    assert not Note.objects.filter(pk=note.pk).exists()
    assert (call.deal_id, call.account_id) == (None, account.pk)
    verbs.restore(entry, by=cast.head, at=now)

    call.refresh_from_db()
    assert call.deal_id == deal.pk
    assert Task.objects.get(pk=task.pk).deal_id == deal.pk
    assert Meeting.objects.filter(pk=meeting.pk).exists()
    assert Note.objects.filter(pk=note.pk).exists()


def test_a_task_an_import_made_is_taken_back_with_the_deals_next_step_and_comes_back(
    cast: Cast, client_of: Browser
) -> None:
    now, deal = timezone.now(), make_deal("Roses", owner=cast.salesperson)
    with change_set(ChangeKind.IMPORT, title="Import of tasks.csv", by=cast.head, at=now) as changes:
        task = make_task(
            cast.salesperson, "Send the offer", deal=deal, due_on=now.date(), by=cast.head, at=now
        )
    deal.refresh_from_db()
    assert deal.next_step == "Send the offer"

    undoing.undo(changes.change_set, by=cast.head, at=now)
    deal.refresh_from_db()
    assert not Task.objects.exists()
    assert deal.next_step == ""
    assert "It is in the trash" in client_of(cast.salesperson).get(f"/tasks/{task.pk}/").content.decode()
    verbs.restore(TrashEntry.objects.get(), by=cast.head, at=now)

    deal.refresh_from_db()
    assert Task.objects.get().pk == task.pk
    assert deal.next_step == "Send the offer"
