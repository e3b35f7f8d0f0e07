"""Two people at the same moment: real transactions on two connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.testing import make_account
from changes import undoing
from changes.models import ChangeKind, ChangeSet
from changes.recording import change_set
from foundation.errors import Refused
from users.testing import make_cast


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_is_refused_with_a_sentence() -> None:
    cast, now = make_cast(), timezone.now()
    account = make_account("Acme", owner=cast.salesperson)
    with change_set(ChangeKind.REASSIGNMENT, title="To Clara", by=cast.head, at=now) as changes:
        account.assign(cast.colleague, by=cast.head, at=now)
    ready = Barrier(2)

    def undo(person: Any) -> str:
        try:
            ready.wait()
            undoing.undo(changes.change_set, by=person, at=now)
            return ""
        except Refused as refusal:
            return refusal.message
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(undo, [cast.head, cast.admin]))

    assert answers[0] == ""
    assert "has undone these changes already" in answers[1]
    assert ChangeSet.objects.filter(undo_of=changes.change_set).count() == 1
