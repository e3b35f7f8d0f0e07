"""Indexes for fields an administrator wants to filter and sort by.

A worker makes and drops them CONCURRENTLY, so that nobody waits: building one over a million records takes seconds,
cannot happen inside the transaction an admin page saves in, and must not lock the table. What is wanted lies in
`CustomField.is_indexed`, what is there in PostgreSQL's own catalogue; the worker compares the two once a minute, so a
lost message or a killed worker costs a minute and never a forgotten index.
"""

from django.db import connection

from accounts.custom.homes import served
from accounts.models import CustomField

LOCK = 7_305_118_842  # any number nobody else locks by
BY_KIND = {
    "text": "USING gin (UPPER({column} ->> {key}) gin_trgm_ops)",
    "number": "(((({column} -> {key}))::numeric))",
    "money": "(((({column} -> {key}))::numeric))",
    "date": "(({column} ->> {key}))",
}
PREFIX = "custom_field_"


def keep_indexes() -> int:
    """Make the indexes that are wanted and drop the others; how many changed. Outside a transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _keep()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _keep() -> int:
    there, changed = _there(), 0
    wanted = {f"{PREFIX}{field.pk}": field for field in _wanted()}
    for name, is_valid in there.items():
        if name not in wanted or not is_valid:  # one whose making was cut off is there, but of no use
            _run(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            changed += name not in wanted
    for name, field in wanted.items():
        if not there.get(name):
            _make(name, field)
            changed += 1
    return changed


def _wanted() -> list[CustomField]:
    fields = CustomField.objects.filter(
        is_indexed=True, is_retired=False, kind__in=BY_KIND, record__in=served()
    )
    return list(fields.order_by("pk"))


def _there() -> dict[str, bool]:
    """{name: whether it is whole} of the indexes made here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relname ~ %s AND pg_table_is_visible(pg_class.oid)",
            [f"^{PREFIX}[0-9]+$"],
        )
        return dict(cursor.fetchall())


def _make(name: str, field: CustomField) -> None:
    table = connection.ops.quote_name(served()[field.record]._meta.db_table)
    # The key is checked to be small letters, digits and _ wherever a field is made; said twice, it stays harmless.
    assert field.key.replace("_", "").isalnum()
    what = BY_KIND[field.kind].format(column='"custom"', key=f"'{field.key}'")
    _run(f"CREATE INDEX CONCURRENTLY {name} ON {table} {what}")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
