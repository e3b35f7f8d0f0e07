"""Many new rows of one table by COPY: about five times as fast as INSERT through the ORM, triggers included.

The rows are complete: derived columns, keys from `new_keys`, every column without a default in the database.
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pghistory
from django.db import connection
from django.db.models import Model

SPECIAL = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\x00": None})
LONGEST_CHUNK = 2**20


def new_keys(model: type[Model], count: int) -> list[int]:
    """Keys nobody else will get, ascending."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append rows, each with a value for every column; dicts become JSON, lists arrays of numbers or plain words."""
    with pghistory.context():
        prepare_triggers()
        _copy(model, columns, rows)


def prepare_triggers() -> None:
    """Let the history triggers find their settings for the rest of this transaction.

    A trigger that misses one catches the error in a subtransaction, which walks all checks deferred so far: minutes.
    """
    with connection.cursor() as cursor:
        # The comment makes the statement one that pghistory puts its own settings before.
        cursor.execute(
            "/* triggers */ SELECT set_config('pgtrigger.ignore',"
            " coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'), true)"
        )


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", chunk)


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[io.StringIO]:
    lines, size = [], 0
    for row in rows:
        line = "\t".join([_written(value) for value in row])
        lines.append(line)
        size += len(line)
        if size > LONGEST_CHUNK:
            yield io.StringIO("\n".join(lines) + "\n")
            lines, size = [], 0
    if lines:
        yield io.StringIO("\n".join(lines) + "\n")


def _written(value: Any) -> str:
    """The value in COPY's text format."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return value.translate(SPECIAL)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).translate(SPECIAL)
    if isinstance(value, list):
        return "{" + ",".join(str(each) for each in value) + "}"
    return str(value)
