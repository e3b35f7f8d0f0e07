"""Moving rows from one record to another and back, each step written down. In the database, rows whole, as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.merging.movers import Mover
from accounts.models import Merge, MergeMove
from accounts.models.custom_values import ExactDecoder

ROW = "SELECT to_jsonb(kept)::text FROM {table} AS kept WHERE kept.id = %s"
KEEP_ASIDE = """
    INSERT INTO accounts_mergemove (merge_id, model, field, from_id, ids, rows)
    SELECT %s, %s, %s, %s, '{{}}', coalesce(jsonb_agg(to_jsonb(kept)), '[]')
    FROM {table} AS kept WHERE kept.id = ANY(%s)
"""
KEEP_ABSORBED = """
    UPDATE accounts_absorbed AS absorbed SET row = to_jsonb(kept)
    FROM {table} AS kept WHERE absorbed.merge_id = %s AND kept.id = absorbed.record_id
"""
INSERT = """
    INSERT INTO {table} ({columns})
    SELECT {values} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS given
    {where} ON CONFLICT DO NOTHING RETURNING id
"""


def row_of(model: Any, key: int) -> dict[str, Any]:
    """A row's columns as JSON has them; numbers exact."""
    with connection.cursor() as cursor:
        cursor.execute(ROW.format(table=model._meta.db_table), [key])
        found: dict[str, Any] = json.loads(cursor.fetchone()[0], cls=ExactDecoder)  # type: ignore[index]
    return found


def keep_absorbed(merge: Merge, model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP_ABSORBED.format(table=model._meta.db_table), [merge.pk])


def move(merge: Merge, mover: Mover, absorbed: Sequence[int]) -> list[int]:
    """Rows of the absorbed become the survivor's; what would stand there twice is set aside. Which rows moved."""
    _set_doubles_aside(merge, mover, absorbed)
    moved: list[int] = []
    for key in absorbed:
        ids = list(mover.of([key]).order_by("pk").values_list("pk", flat=True))
        if ids:
            MergeMove.objects.create(merge=merge, model=mover.model, field=mover.field, from_id=key, ids=ids)
            _point(mover, ids, merge.survivor_id)
            moved += ids
    return moved


def move_back(mover: Mover, step: MergeMove, survivor: int) -> list[int]:
    """Those of the moved rows that are still the survivor's go back: which."""
    ids = list(mover.of([survivor]).filter(pk__in=step.ids).order_by("pk").values_list("pk", flat=True))
    if ids:
        _point(mover, ids, step.from_id)
    return ids


def settle(mover: Mover, moved: Sequence[int], survivor: int, *, is_renamed: bool) -> None:
    """Derived columns of the moved rows become true, of all the survivor's rows where its name is another now."""
    keys = set(moved)
    if mover.settle is not None and is_renamed:
        keys |= set(mover.of([survivor]).values_list("pk", flat=True))
    if mover.settle is not None and keys:
        mover.settle(sorted(keys))


def set_aside(merge: Merge, model: Any, keys: Sequence[int], *, field: str = "", from_id: int = 0) -> None:
    """Keep these rows whole with the merge and delete them."""
    if not keys:
        return
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP_ASIDE.format(table=table), [merge.pk, model._meta.label, field, from_id, list(keys)]
        )
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [list(keys)])  # noqa: S608 - a table's name


def put_back(model: Any, rows: str) -> list[int]:
    """Insert rows kept as JSON, those whose records are still there and whose place is still free: which."""
    meta = model._meta
    kept = json.loads(rows)
    if not kept:
        return []
    known = [each for each in meta.concrete_fields if each.column in kept[0]]
    values, where, own = [], [], []
    for column in known:
        name = f"given.{column.column}"
        if column.is_relation and column.related_model is not model:
            target = column.related_model._meta.db_table
            there = f"SELECT target.id FROM {target} AS target WHERE target.id = {name}"  # noqa: S608 - names
            values.append(f"({there})" if column.null else name)
            where += [] if column.null else [f"EXISTS ({there})"]
        else:
            own += [column.column] if column.is_relation else []
            values.append(name)
    statement = INSERT.format(
        table=meta.db_table,
        columns=", ".join(f'"{each.column}"' for each in known),
        values=", ".join(values),
        where=f"WHERE {' AND '.join(where)}" if where else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows])
        ids = [key for (key,) in cursor.fetchall()]
        for column_name in own:
            cursor.execute(
                f"UPDATE {meta.db_table} AS mine SET {column_name} = NULL WHERE id = ANY(%s) AND NOT EXISTS"  # noqa: S608
                f" (SELECT FROM {meta.db_table} AS other WHERE other.id = mine.{column_name})",
                [ids],
            )
    return ids


def _point(mover: Mover, ids: Sequence[int], key: int) -> None:
    changes: dict[str, Any] = {mover.column: key}
    if mover.has_version:
        changes["version"] = F("version") + 1
    mover.table._base_manager.filter(pk__in=ids).update(**changes)


def _set_doubles_aside(merge: Merge, mover: Mover, absorbed: Sequence[int]) -> None:
    together = [merge.survivor_id, *absorbed]
    doubles: set[int] = set()
    if mover.partner:
        twice = mover.of(together).filter(**{f"{mover.partner}__in": together})
        doubles |= set(twice.values_list("pk", flat=True))
    for others, condition, empties_alike in mover.uniques():
        rows = mover.of(together).exclude(pk__in=doubles)
        if condition is not None:
            rows = rows.filter(condition)
        seen: set[Any] = set()
        # The survivor's stays, then the oldest.
        for key, whose, *values in sorted(
            rows.values_list("pk", mover.column, *others),
            key=lambda row: (row[1] != merge.survivor_id, row[0]),
        ):
            if None in values and not empties_alike:
                continue
            if tuple(values) in seen and whose != merge.survivor_id:
                doubles.add(key)
            seen.add(tuple(values))
    set_aside(merge, mover.table, sorted(doubles), field=mover.field)
