"""Records of a list in groups: how many are in each, and the address that opens one as a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Value
from django.utils import formats

from foundation.statements import statement
from lists.where.grammar import Condition, Group, narrowed, written

MOST = 20_000
COUNTED = """
    SELECT key, name, place, count(*), coalesce(sum(worth), 0) FROM ({rows}) AS found (key, name, place, worth)
    GROUP BY key, name, place
"""
NOTHING = Value(0)
AGAIN = ("group", "cursor", "after", "where")


@dataclass(frozen=True)
class Grouping:
    """`key`, `name` and `place` are fields of a record, of which groups are made, named and ordered; `asked` is the
    condition field that finds a group's records again. `words` name keys that are no records, `nothing` their lack."""

    label: Any
    key: Any
    name: Any
    place: Any
    asked: str
    nothing: Any
    words: Mapping[str, Any] = field(default_factory=dict)


def counted(records: Any, grouping: Grouping, worth: Any = NOTHING) -> list[tuple[Any, ...]] | None:
    """(key, name, place, how many, sum of `worth`) of each group, in no order; None where there are more records than
    are counted for a page. One statement."""
    named = {
        "group_key": grouping.key, "group_name": grouping.name, "group_place": grouping.place, "group_worth": worth
    }  # fmt: skip
    named = {alias: F(each) if isinstance(each, str) else each for alias, each in named.items()}
    rows = records.order_by().annotate(**named).values_list(*named)[: MOST + 1]
    sql, values = statement(rows)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(rows=sql), values)
        found = [(_day(row[0]), *row[1:]) for row in cursor.fetchall()]
    return None if sum(row[3] for row in found) > MOST else found


def in_order(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """As groups stand on the page, the nameless last."""
    return sorted(found, key=lambda row: (row[0] is None, row[2] if row[2] is not None else 0, row[1] or ""))


def name_of(key: Any, name: str, grouping: Grouping) -> str:
    if key is None:
        return str(grouping.nothing)
    if key in grouping.words:
        return str(grouping.words[key])
    return formats.date_format(key, "YEAR_MONTH_FORMAT") if isinstance(key, date) else name


def address_of(key: Any, grouping: Grouping, filterset: Any) -> str:
    """The list as it is asked for, narrowed to the group; "" where no more conditions fit."""
    said = filterset.data.copy()
    for name in AGAIN:
        said.pop(name, None)
    asked = filterset.conditions
    tree = narrowed(asked.tree if asked else Group(), _condition(key, grouping.asked))
    if tree is None:
        return ""
    said["where"] = written(tree)
    return f"?{said.urlencode(safe=',:;()')}"


def _condition(key: Any, asked: str) -> Condition:
    if key is None:
        return Condition(asked, "empty")
    if isinstance(key, date):
        after = (key + timedelta(days=32)).replace(day=1)
        return Condition(asked, "between", (key.isoformat(), (after - timedelta(days=1)).isoformat()))
    return Condition(asked, "in", (str(key),))


def _day(key: Any) -> Any:
    """PostgreSQL cuts a day to its month as a moment."""
    return key.date() if isinstance(key, datetime) else key
