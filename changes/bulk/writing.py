"""The same columns of many records, in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def update_columns(records: Sequence[Any], columns: Sequence[str]) -> None:
    """Write these columns of all records as they are set on them.

    Django's own bulk_update writes a CASE as long as the records, for each column.
    """
    if not records:
        return
    meta = records[0]._meta
    fields = [meta.get_field(name) for name in columns]
    row = ", ".join(["%s"] * (len(fields) + 1))
    given = ", ".join(f'"{each.column}"' for each in fields)
    new = ", ".join(f'"{each.column}" = given."{each.column}"::{each.db_type(connection)}' for each in fields)
    places = ", ".join([f"({row})"] * len(records))
    table = meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {new} FROM (VALUES {places}) AS given (id, {given}) WHERE "{table}".id = given.id',  # noqa: S608 - names of our own columns
            [value for record in records for value in _row(record, fields)],
        )


def _row(record: Any, fields: Sequence[Any]) -> list[Any]:
    return [
        record.pk,
        *(each.get_db_prep_save(getattr(record, each.attname), connection) for each in fields),
    ]
