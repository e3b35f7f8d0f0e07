"""Monthly partitions of the tables that only ever grow: events and histories."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from foundation.models import Delivery

KEPT = timedelta(days=30)
EVENTS = ("foundation_event", "foundation_eventsubject")


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def ensure_months(since: date, until: date, *, tables: Collection[str] | None = None) -> None:
    """Make the partitions from one date to another, both included, of every such table or only of these.

    A month whose rows already lie in the default partition is left there.
    """
    wanted = [each for each in partitioned_tables() if tables is None or each[0] in tables]
    month = since.replace(day=1)
    while month <= until:
        for table, column in wanted:
            _ensure(table, column, month, next_month(month))
        month = next_month(month)


def ensure_coming_months() -> None:
    today = timezone.now().date()
    ensure_months(today, next_month(next_month(today.replace(day=1))))


def forget_old_deliveries() -> None:
    """Deliveries done over thirty days ago; the event itself stays."""
    Delivery.objects.filter(done_at__lt=timezone.now() - KEPT).delete()


def partitioned_tables() -> list[tuple[str, str]]:
    """(table, column) of every partitioned table, as the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partitioned.partrelid::regclass::text, attribute.attname FROM pg_partitioned_table AS partitioned"
            " JOIN pg_attribute AS attribute ON attribute.attrelid = partitioned.partrelid"
            " AND attribute.attnum = partitioned.partattrs[0] ORDER BY 1"
        )
        return cursor.fetchall()


def partition_history(table: str) -> str:
    """SQL for a migration: make a pghistory table, still empty, one that is partitioned by month."""
    return PARTITION_HISTORY.replace("TABLE_NAME", table)


PARTITION_HISTORY = """
    DO $$
    DECLARE kept text[]; each text;
    BEGIN
        SELECT array_agg(pg_get_triggerdef(oid)) INTO kept FROM pg_trigger
        WHERE tgrelid = 'TABLE_NAME'::regclass AND NOT tgisinternal;
        SELECT kept || array_agg(pg_get_indexdef(indexrelid)) INTO kept FROM pg_index
        WHERE indrelid = 'TABLE_NAME'::regclass AND NOT indisprimary;
        ALTER TABLE TABLE_NAME RENAME TO TABLE_NAME_plain;
        CREATE TABLE TABLE_NAME (LIKE TABLE_NAME_plain INCLUDING DEFAULTS INCLUDING IDENTITY)
            PARTITION BY RANGE (pgh_created_at);
        DROP TABLE TABLE_NAME_plain;
        ALTER TABLE TABLE_NAME ADD PRIMARY KEY (pgh_id, pgh_created_at);
        CREATE TABLE TABLE_NAME_default PARTITION OF TABLE_NAME DEFAULT;
        FOREACH each IN ARRAY coalesce(kept, ARRAY[]::text[]) LOOP EXECUTE each; END LOOP;
    END $$;
"""


def _ensure(table: str, column: str, first: date, end: date) -> None:
    name = f"{table}_{first:%Y_%m}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        if cursor.fetchone()[0]:
            return
        strays = f'SELECT 1 FROM "{table}_default" WHERE "{column}" >= %s AND "{column}" < %s'  # noqa: S608 - our names
        cursor.execute(f"SELECT EXISTS ({strays})", [first, end])
        if cursor.fetchone()[0]:
            return
        cursor.execute(
            f'CREATE TABLE "{name}" PARTITION OF "{table}" FOR VALUES FROM (%s) TO (%s)', [first, end]
        )
