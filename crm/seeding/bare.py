"""Large tables stripped for a load and dressed again: building an index once is several times cheaper than row by row.

Everything happens in the caller's transaction, so a load that fails leaves the tables as they were. Foreign keys are
dropped and added again, which checks every row in one join; `DISABLE TRIGGER ALL` would skip the check and needs a
superuser, while all of this needs only the owner of the tables. History triggers are off, because what was made up at
once has no history and a million rows of it would say nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from psycopg2.extensions import quote_ident

FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conrelid::regclass::text, conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indrelid::regclass::text, indexrelid::regclass::text
"""


@contextmanager
def bare(tables: Sequence[str], *, is_large: bool) -> Iterator[None]:
    """The tables without indexes, foreign keys and history triggers while the block runs, locked for everybody else.

    A small load keeps its indexes: rebuilding them would cost more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # Pending checks would forbid the changes below.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(FOREIGN_KEYS, [list(tables)])
        keys = cursor.fetchall() if is_large else []
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall() if is_large else []
        raw = connection.connection
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quote_ident(name, raw)}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '400MB'; SET LOCAL work_mem = '128MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quote_ident(name, raw)} {definition}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
