"""Reading: rows become read, and the person's counter goes down by exactly as many, in one transaction."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from users.models.notification import Notification
from users.models.user import User
from users.notifications import counting

KEPT_READ = timedelta(days=180)
KEPT_UNREAD = timedelta(days=365)
BATCH = 5_000


def read(person: Any, *, at: datetime, **those: Any) -> int:
    """Mark the person's unread rows read, all or those that fit; how many."""
    return _mark(person, Notification.objects.of(person).unread().filter(**those), at)


def read_about(person: Any, subject: tuple[str, int], *, at: datetime) -> int:
    """The person has opened the record: what was told of it is read."""
    return read(person, at=at, subject_kind=subject[0], subject_id=subject[1])


def read_at_page(person: Any, path: str, *, at: datetime) -> int:
    """The person has opened the page at this address: what led there is read."""
    path = urlsplit(path).path[:300]
    return read(person, at=at, url=path) if path.startswith("/") else 0


def unread(person: Any, pk: int) -> int:
    """Keep it for later: it rings the bell again."""
    with transaction.atomic():
        _locked(person)
        n = Notification.objects.of(person).filter(pk=pk, read_at__isnull=False).update(read_at=None)
        if n:
            counting.take(person, -n)
    return n


def forget_old(*, at: datetime) -> int:
    """Read ones are kept half a year, unread ones a year; in batches that hold nobody up."""
    gone = 0
    gone += _forget(Notification.objects.filter(read_at__isnull=False, at__lt=at - KEPT_READ))
    old = Notification.objects.unread().filter(at__lt=at - KEPT_UNREAD)
    for key in set(old.order_by().values_list("person_id", flat=True).distinct()):
        read(User(pk=key), at=at, at__lt=at - KEPT_UNREAD)
    return gone


def _forget(rows: QuerySet[Notification]) -> int:
    gone = 0
    while keys := list(rows.order_by("at").values_list("pk", flat=True)[:BATCH]):
        Notification.objects.filter(pk__in=keys).delete()
        gone += len(keys)
    return gone


def _mark(person: Any, rows: QuerySet[Notification], at: datetime) -> int:
    with transaction.atomic():
        _locked(person)
        n = rows.order_by().update(read_at=at)
        if n:
            counting.take(person, n)
    return n


def _locked(person: Any) -> None:
    User.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk").first()
