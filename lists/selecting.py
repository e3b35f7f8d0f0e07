"""Rows of a list, read with the fields its chosen columns need and in the order asked for."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from foundation.keyset import CappedCount, Page, keyset_page
from lists.registry import SMALL, Column, RecordList
from lists.sorting import order_of

SIZE = 50


def selected_page(
    queryset: Any,
    record_list: RecordList,
    shown: Sequence[Column],
    terms: tuple[str, ...],
    cursor: str | None,
    also: Sequence[str] = (),
) -> Page:
    """A page of values() by name, with `also` these. One statement; two where empty values of the first sort begin."""
    offered = record_list.columns()
    order = order_of(terms, offered)
    sorted_by = [offered[term.removeprefix("-")] for term in terms]
    needs = [need for column in shown for need in column.needs]
    names = dict.fromkeys(("pk", *needs, *also, *(term.removeprefix("-") for term in order)))
    made = {name: made for column in (*shown, *sorted_by) for name, made in column.computed.items()}
    computed = {name: expression for name, expression in made.items() if name in names}
    return keyset_page(queryset.annotate(**computed).values(*names), order=order, cursor=cursor, size=SIZE)


def computed_money(shown: Iterable[Column]) -> dict[str, Any]:
    """{name: expression} of money that is no column of the table, such as custom fields."""
    return {name: made for column in shown if column.money for name, made in column.computed.items()}


def capped_totals(
    queryset: Any, shown: Sequence[Column], cap: int = SMALL
) -> tuple[CappedCount, dict[str, Decimal]]:
    """How many rows there are, counted up to a cap, and of so few the sums of money columns. One statement."""
    money = {column.money for column in shown if column.money}
    capped = queryset.order_by().annotate(**computed_money(shown)).values("pk", *money)[: cap + 1]
    found = capped.aggregate(n=Count("pk"), **{f"sum_of_{name}": Sum(name) for name in money})
    if found["n"] > cap:
        return CappedCount(cap, False), {}
    return CappedCount(found["n"], True), {name: found[f"sum_of_{name}"] or Decimal(0) for name in money}
