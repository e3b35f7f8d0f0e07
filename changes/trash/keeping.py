"""Rows on their way into the trash and back, whole, inside the database: as JSON, columns by name.

What was added to a table meanwhile gets its default; what was dropped is left behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import F

from changes.models import KeptRows
from changes.trash.dependants import Going, Rows
from changes.trash.kinds import kind_of_model, protected
from foundation.statements import array_text

KEEP = """
    INSERT INTO changes_keptrows (entry_id, model, field, rows)
    SELECT given.entry, %s, '', jsonb_agg(to_jsonb(kept))
    FROM unnest({arrays}) AS given (entry, {keys}) JOIN {table} AS kept ON {same} GROUP BY given.entry
"""
DELETE = "DELETE FROM {table} AS kept USING unnest({arrays}) AS given (entry, {keys}) WHERE {same}"
COLUMNS = """
    SELECT key FROM changes_keptrows AS kept, jsonb_object_keys(kept.rows -> 0) AS key
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = ''
    GROUP BY key HAVING count(*) = (
        SELECT count(*) FROM changes_keptrows WHERE entry_id = ANY(%s::bigint[]) AND model = %s AND field = '')
"""
INSERT = """
    INSERT INTO {table} ({columns})
    SELECT {values} FROM changes_keptrows AS kept, jsonb_populate_recordset(NULL::{table}, kept.rows) AS given
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = '' {where}
    ON CONFLICT {conflict} DO NOTHING
"""
POINT = """
    UPDATE {table} AS row SET {column} = given.value FROM changes_keptrows AS kept,
        jsonb_to_recordset(kept.rows) AS given (id bigint, value bigint)
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = %s
      AND row.id = given.id AND row.{column} IS NULL
      AND EXISTS (SELECT FROM {target} AS there WHERE there.id = given.value)
"""
# Values of a column of kept rows that name nothing any more.
MISSING = """
    SELECT DISTINCT kept.entry_id, (row ->> %s)::bigint
    FROM changes_keptrows AS kept, jsonb_array_elements(kept.rows) AS row
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = '' AND row ->> %s IS NOT NULL
      AND NOT EXISTS (SELECT FROM {target} AS there WHERE there.id = (row ->> %s)::bigint)
"""
RENAME = """
    UPDATE changes_keptrows AS kept SET rows = (
        SELECT jsonb_agg(CASE WHEN (row ->> %s)::bigint = %s
               THEN jsonb_set(row, ARRAY[%s], to_jsonb(%s::bigint)) ELSE row END)
        FROM jsonb_array_elements(kept.rows) AS row)
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = ''
"""
# Rows that cannot come back without a record that lies in the trash itself come back with that.
HAND_OVER = """
    INSERT INTO changes_keptrows (entry_id, model, field, rows)
    SELECT %s, kept.model, %s, jsonb_agg({what}) FROM changes_keptrows AS kept, jsonb_array_elements(kept.rows) AS row
    WHERE kept.entry_id = ANY(%s::bigint[]) AND kept.model = %s AND kept.field = '' AND (row ->> %s)::bigint = %s
    GROUP BY kept.model
"""


def keep(going: Going, entry_of: Mapping[int, int]) -> None:
    """Write everything that goes down with its entry ({record: entry}), take the names from what stays, delete."""
    for (model, column), emptied in going.emptied.items():
        _empty(model, column, emptied, entry_of)
    with pgtrigger.ignore(*protected()), connection.cursor() as cursor:
        for statement in (KEEP, DELETE):
            for model, rows in going.rows.items():
                filled, values = _filled(statement, model, rows, entry_of)
                cursor.execute(filled, [model._meta.label, *values] if statement is KEEP else values)


def put_back(entries: Sequence[int], labels: Iterable[str]) -> None:
    """Insert the kept rows of these models, what they name first; without those whose record or place is gone."""
    for model in _in_order([apps.get_model(label) for label in labels]):
        _insert(model, entries)


def point_back(entries: Sequence[int]) -> None:
    """Rows that stayed name their record again, where they name nothing else since."""
    kept = KeptRows.objects.filter(entry__in=entries).exclude(field="").order_by()
    for label, column in sorted(set(kept.values_list("model", "field"))):
        model = apps.get_model(label)
        target = next(each for each in model._meta.concrete_fields if each.column == column).related_model
        statement = POINT.format(table=model._meta.db_table, column=column, target=target._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(statement, [array_text(entries), label, column])


def missing(entries: Sequence[int], model: Any, column: Any) -> list[tuple[int, int]]:
    """(entry, record) where kept rows of a model name in a column what stands in no table."""
    name, said = column.column, array_text(entries)
    statement = MISSING.format(target=column.related_model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, said, model._meta.label, name, name])
        return list(cursor.fetchall())


def rename(entries: Sequence[int], model: Any, column: str, before: int, after: int) -> None:
    """Kept rows name another record: the one theirs was merged into."""
    with connection.cursor() as cursor:
        cursor.execute(RENAME, [column, before, column, after, array_text(entries), model._meta.label])


def hand_over(entries: Sequence[int], model: Any, column: Any, key: int, to: int) -> None:
    """Kept rows that name this record go over to its entry: whole, or the name alone where they can do without."""
    what = (
        f"jsonb_build_object('id', row -> 'id', 'value', row -> '{column.column}')" if column.null else "row"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            HAND_OVER.format(what=what),
            [to, column.column if column.null else "", array_text(entries), model._meta.label, column.column, key],
        )  # fmt: skip


def _empty(
    model: Any, column: str, emptied: Mapping[int, tuple[int, int]], entry_of: Mapping[int, int]
) -> None:
    kept: dict[int, list[dict[str, int]]] = {}
    for key, (root, value) in sorted(emptied.items()):
        kept.setdefault(entry_of[root], []).append({"id": key, "value": value})
    KeptRows.objects.bulk_create(
        KeptRows(entry_id=entry, model=model._meta.label, field=column, rows=rows)
        for entry, rows in kept.items()
    )
    changes: dict[str, Any] = {column: None}
    if any(each.name == "version" for each in model._meta.concrete_fields):
        changes["version"] = F("version") + 1
    model._base_manager.filter(pk__in=list(emptied)).update(**changes)


def _filled(statement: str, model: Any, rows: Rows, entry_of: Mapping[int, int]) -> tuple[str, list[str]]:
    columns = [each.column for each in model._meta.pk_fields]
    keys = [key if isinstance(key, tuple) else (key,) for key in rows]
    arrays = [array_text([entry_of[root] for root in rows.values()])]
    arrays += [array_text([key[place] for key in keys]) for place in range(len(columns))]
    filled = statement.format(
        table=model._meta.db_table,
        arrays=", ".join(["%s::bigint[]"] * len(arrays)),
        keys=", ".join(columns),
        same=" AND ".join(f"kept.{column} = given.{column}" for column in columns),
    )
    return filled, arrays


def _insert(model: Any, entries: Sequence[int]) -> None:
    label, said, table = model._meta.label, array_text(entries), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [said, label, said, label])
        known = {key for (key,) in cursor.fetchall()}
        columns, values, where, given = [], [], "", []
        for each in model._meta.concrete_fields:
            if each.column not in known:
                if each.has_default():
                    columns.append(each.column)
                    values.append("%s")
                    given.append(each.get_db_prep_save(each.get_default(), connection))
                continue
            columns.append(each.column)
            name = f'given."{each.column}"'
            if each.is_relation:
                target = each.related_model._meta.db_table
                there = f"SELECT there.id FROM {target} AS there WHERE there.id = {name}"  # noqa: S608 - names
                values.append(f"({there})" if each.null and each.related_model is not model else name)
                where += "" if each.null or each.related_model is model else f" AND EXISTS ({there})"
            else:
                values.append(name)
        cursor.execute(
            INSERT.format(
                table=table,
                columns=", ".join(f'"{column}"' for column in columns),
                values=", ".join(values),
                where=where,
                conflict=_arbiter(model),
            ),
            [*given, said, label],
        )
        for each in model._meta.concrete_fields:
            if each.related_model is model and each.null:
                cursor.execute(
                    f"UPDATE {table} AS mine SET {each.column} = NULL FROM changes_keptrows AS kept,"  # noqa: S608 - names
                    " jsonb_to_recordset(kept.rows) AS given (id bigint) WHERE kept.entry_id = ANY(%s::bigint[])"
                    " AND kept.model = %s AND kept.field = '' AND mine.id = given.id"
                    f" AND mine.{each.column} IS NOT NULL"
                    f" AND NOT EXISTS (SELECT FROM {table} AS other WHERE other.id = mine.{each.column})",
                    [said, label],
                )


def _in_order(models: Sequence[Any]) -> list[Any]:
    """What is named before what names it."""
    found: list[Any] = []
    waiting = sorted(set(models), key=lambda model: (kind_of_model(model) is None, model._meta.label))

    def place(model: Any) -> None:
        if model not in waiting:
            return
        waiting.remove(model)
        for each in model._meta.concrete_fields:
            if each.is_relation and each.related_model is not model:
                place(each.related_model)
        found.append(model)

    while waiting:
        place(waiting[0])
    return found


def _arbiter(model: Any) -> str:
    """A constraint that may be deferred cannot say which rows are there already; then only the key does."""
    is_deferred = any(getattr(each, "deferrable", None) for each in model._meta.constraints)
    return f"({model._meta.pk.column})" if is_deferred else ""
