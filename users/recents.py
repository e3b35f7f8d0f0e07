"""What a person opened lately and what they pinned. Their own alone, so nobody is told and no fact is kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from users.finders import Hit, finder_of
from users.models import User
from users.models.recent_record import RecentRecord

SHOWN = 8
KEPT = 30
MOST_PINS = 9

Row = tuple[str, Hit]


def note_opened(kind: str, key: int, *, by: Any, at: datetime) -> None:
    """One row a record, the latest `KEPT` of them. Two statements, a third once there are too many."""
    RecentRecord.objects.bulk_create(
        [RecentRecord(person_id=by.pk, kind=kind, object_id=key, opened_at=at)],
        update_conflicts=True,
        unique_fields=["person", "kind", "object_id"],
        update_fields=["opened_at"],
    )
    opened = RecentRecord.objects.filter(person_id=by.pk, pinned_at=None).order_by("-opened_at", "-pk")
    if old := list(opened.values_list("pk", flat=True)[KEPT : 2 * KEPT]):
        RecentRecord.objects.filter(pk__in=old).delete()


def pin(kind: str, key: int, *, by: Any, at: datetime) -> None:
    """Refused where it is not theirs to see, and where there are nine already."""
    if not _hits(by, kind, [key]):
        raise Refused(_("There is no such record, or it is not yours to see."))
    with transaction.atomic():
        User.objects.select_for_update().filter(pk=by.pk).values_list("pk").get()
        pins = RecentRecord.objects.filter(person_id=by.pk, pinned_at__isnull=False)
        if pins.filter(kind=kind, object_id=key).exists():
            return
        if len(pins.order_by("pk")[:MOST_PINS]) == MOST_PINS:
            raise Refused(_("Nine are pinned already: unpin one first."))
        RecentRecord.objects.update_or_create(
            person_id=by.pk, kind=kind, object_id=key, defaults={"pinned_at": at}, create_defaults={"pinned_at": at}
        )  # fmt: skip


def unpin(kind: str, key: int, *, by: Any) -> None:
    rows = RecentRecord.objects.filter(person_id=by.pk, kind=kind, object_id=key)
    rows.filter(opened_at=None).delete()
    rows.update(pinned_at=None)


def pinned_and_opened(person: Any) -> tuple[list[Row], list[Row]]:
    """Pins in the order they were pinned, and the latest opened of the rest, of what the person still sees.

    A statement, and one for each kind of record among them.
    """
    mine = RecentRecord.objects.filter(person_id=person.pk)
    rows = list(mine.order_by("-opened_at", "-pk")[: KEPT + MOST_PINS])
    pins = sorted((each for each in rows if each.pinned_at), key=lambda each: (each.pinned_at, each.pk))
    opened = [each for each in rows if not each.pinned_at]
    known = _known(person, [*pins, *opened])
    return _rows(pins, known), _rows(opened, known)[:SHOWN]


def _known(person: Any, rows: Iterable[RecentRecord]) -> dict[tuple[str, int], Hit]:
    keys: dict[str, list[int]] = {}
    for row in rows:
        keys.setdefault(row.kind, []).append(row.object_id)
    hits = ((kind, hit) for kind, each in keys.items() for hit in _hits(person, kind, each))
    return {(kind, hit.key): hit for kind, hit in hits if hit.key is not None}


def _hits(person: Any, kind: str, keys: list[int]) -> list[Hit]:
    finder = finder_of(kind)
    if finder is None or finder.named is None or not person.may(finder.gate):
        return []
    return finder.named(person, keys)


def _rows(rows: list[RecentRecord], known: dict[tuple[str, int], Hit]) -> list[Row]:
    return [(row.kind, known[row.kind, row.object_id]) for row in rows if (row.kind, row.object_id) in known]
