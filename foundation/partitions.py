"""Monthly partitions of the event tables."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from foundation.models import Delivery

TABLES = ("foundation_event", "foundation_eventsubject")
KEPT = timedelta(days=30)


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def ensure_months(since: date, until: date) -> None:
    """Make the partitions from one date to another, both included.

    A month whose rows already lie in the default partition is left there.
    """
    month = since.replace(day=1)
    while month <= until:
        for table in TABLES:
            _ensure(table, month, next_month(month))
        month = next_month(month)


def ensure_coming_months() -> None:
    today = timezone.now().date()
    ensure_months(today, next_month(next_month(today.replace(day=1))))


def forget_old_deliveries() -> None:
    """Deliveries done over thirty days ago; the event itself stays."""
    Delivery.objects.filter(done_at__lt=timezone.now() - KEPT).delete()


def _ensure(table: str, first: date, end: date) -> None:
    name = f"{table}_{first:%Y_%m}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return
        cursor.execute(
            f'SELECT EXISTS (SELECT 1 FROM "{table}_default" WHERE at >= %s AND at < %s)', [first, end]
        )
        if cursor.fetchone()[0]:
            return
        cursor.execute(
            f'CREATE TABLE "{name}" PARTITION OF "{table}" FOR VALUES FROM (%s) TO (%s)', [first, end]
        )
