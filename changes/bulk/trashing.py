"""Many records into the trash together, as far as the person may."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from changes.bulk.editing import MOST, SAMPLED
from changes.bulk.kinds import BulkKind
from changes.bulk.selecting import selected
from changes.models import ChangeSet, Selection
from changes.trash.taking_back import trash_many
from foundation.errors import Refused


@dataclass(frozen=True)
class TrashPreview:
    """Of the records that are to be deleted: how many may be, and some of them (title, address)."""

    total: int
    able: int
    sample: list[tuple[str, str]]

    @property
    def left_out(self) -> int:
        return self.total - self.able


def preview(kind: BulkKind, selection: Selection, person: Any) -> TrashPreview:
    found = selected(kind, selection, person).order_by()
    may_go = found.model._default_manager.visible_to(person, kind.trash_right)
    reached = found.filter(pk__in=may_go.values("pk"))
    sample = [
        (getattr(each, kind.title), each.get_absolute_url()) for each in reached.order_by("pk")[:SAMPLED]
    ]
    return TrashPreview(int(found.values("pk").count()), int(reached.values("pk").count()), sample)


def trash_selected(kind: BulkKind, records: Any, reason: str, *, by: Any, at: datetime) -> ChangeSet:
    """Put these records into the trash as one change-set."""
    rows = list(records.order_by("pk").values_list("pk", kind.title)[: MOST + 1])
    if not rows:
        raise Refused(_("Tick something on the list first."))
    if len(rows) > MOST:
        raise Refused(_("At most %(n)d records at once: narrow the filter.") % {"n": MOST})
    title = str(kind.words.into_trash % {"n": len(rows)})
    return trash_many(kind.record, rows, title=title, reason=reason, by=by, at=at)
