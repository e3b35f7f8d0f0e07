"""Rows on their way into the database: made here, copied by a second thread, so that both cores work."""

import io
from collections.abc import Sequence
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any

from django.db import connection
from django.db.models import CompositePrimaryKey, Model
from django.db.models.fields import NOT_PROVIDED

from foundation.copying import SPECIAL

CHUNK_ROWS = 20_000
WAITING_CHUNKS = 8


class Feed:
    """`deals = feed.table(Deal, ["id", "title"])`, then `with feed: deals.add("1\\tTitle")`.

    Lines are in COPY's text format. While the block runs, the connection is busy: ask the database nothing else.
    """

    def __init__(self) -> None:
        self._tables: list[Table] = []
        self._waiting: Queue[tuple[str, bytes] | None] = Queue(WAITING_CHUNKS)
        self._failure: BaseException | None = None
        self._raw = connection.connection
        self._thread = Thread(target=self._copy)

    def table(self, model: type[Model], columns: Sequence[str]) -> "Table":
        """Columns that are not named get the model's defaults."""
        table = Table(self, model, columns)
        self._tables.append(table)
        return table

    def send(self, statement: str, lines: list[str]) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiting.put((statement, ("\n".join(lines) + "\n").encode()))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for table in self._tables:
                table.flush()
        self._waiting.put(None)
        self._thread.join()
        if kind is None and self._failure is not None:
            raise self._failure

    def _copy(self) -> None:
        while (chunk := self._waiting.get()) is not None:
            if self._failure is None:
                try:
                    with self._raw.cursor() as cursor:
                        cursor.copy_expert(chunk[0], io.BytesIO(chunk[1]), size=2**20)
                except BaseException as failure:  # told to the thread that makes the rows
                    self._failure = failure


class Table:
    """Lines for one table. `rest` is what follows every line: the defaults of the columns not given."""

    def __init__(self, feed: Feed, model: type[Model], columns: Sequence[str]) -> None:
        fields = {
            field.column: field
            for field in model._meta.concrete_fields
            if not isinstance(field, CompositePrimaryKey)
        }
        others = [name for name in fields if name not in columns and name != "id"]
        names = ", ".join(f'"{name}"' for name in [*columns, *others])
        self.statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        self.rest = "".join("\t" + _default(fields[name]) for name in others)
        self._feed = feed
        self._lines: list[str] = []
        self.rows = 0

    def add(self, line: str) -> None:
        self._lines.append(line + self.rest)
        if len(self._lines) >= CHUNK_ROWS:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self.rows += len(self._lines)
            self._feed.send(self.statement, self._lines)
            self._lines = []


def _default(field: Any) -> str:
    if field.default is NOT_PROVIDED:
        return r"\N" if field.null else ""
    value = field.get_default()
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{}"
    return str(value).translate(SPECIAL)
