"""Making changes as a change-set: history rows written inside carry its key.

    with change_set(ChangeKind.REASSIGNMENT, title=_("Portfolio of Sam"), by=person, at=now) as changes:
        for account in accounts:
            account.assign(owner, by=person, at=now)
        changes.skip("client", other.pk, other.name, _("you may not change it"))

Everything inside is one transaction. What was changed is found again by the index on `pgh_context_id`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction
from pghistory.runtime import Context, _tracker

from changes.models import ChangeSet, Outcome, ResultRow
from changes.restoring import counts
from foundation.copying import prepare_triggers


class Recorder:
    """`done` is counted from the history unless somebody says it."""

    def __init__(self, change_set: ChangeSet) -> None:
        self.change_set = change_set
        self.done: int | None = None
        self.records: dict[str, int] = {}
        self._skipped: list[ResultRow] = []

    def skip(self, record: str, object_id: int, title: str, reason: str) -> None:
        """A record that was to be changed and was not."""
        self._skipped.append(
            ResultRow(
                change_set=self.change_set,
                record=record,
                object_id=object_id,
                title=title[:200],
                outcome=Outcome.SKIPPED,
                reason=reason,
            )
        )

    def keep(self) -> None:
        ResultRow.objects.bulk_create(self._skipped, batch_size=1_000)
        self.change_set.skipped = len(self._skipped)
        self.records = counts(self.change_set)
        self.change_set.done = sum(self.records.values()) if self.done is None else self.done


@contextmanager
def change_set(kind: str, *, title: str, by: Any, at: datetime) -> Iterator[Recorder]:
    """A new change-set, finished at the end; nothing of it stays where the block raises."""
    with transaction.atomic():
        made = ChangeSet.begin(kind, title=title, by=by, at=at)
        recorder = Recorder(made)
        with recording(made):
            yield recorder
        recorder.keep()
        made.finish(recorder.records, by=by, at=at)


@contextmanager
def recording(made: ChangeSet) -> Iterator[None]:
    """Inside a transaction: what is written belongs to the change-set, whatever request or set surrounds it."""
    with pghistory.context():
        around = _tracker.value
        # pghistory lets nobody open a context of their own inside another's, so the inner one is put in its place.
        _tracker.value = Context(id=made.context, metadata={"change_set": made.pk, "user": made.by_id})
        try:
            prepare_triggers()
            yield
        finally:
            _tracker.value = around
        prepare_triggers()  # the rest of the transaction is the surrounding one's again
