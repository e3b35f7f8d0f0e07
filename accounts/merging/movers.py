"""How rows follow their client or contact when it goes into another. Upper rooms register theirs here.

Every foreign key to a client or a contact has a mover: tests/house compares, and the database refuses to let a
record go that somebody still points at.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import UniqueConstraint

Settle = Callable[[Sequence[int]], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mover:
    """Rows of `model` (“deals.Deal”) whose `field` names the record of a `kind` (account, contact).

    `words` name them on the page of a merge; without any they are not counted there. `partner` is a second column
    naming a record of this kind: a row that would name one twice is set aside. `settle(keys)` makes derived columns
    of rows true that were moved there or back. Rooms above come with a greater `order`: they are locked first, as
    their own verbs do.
    """

    kind: str
    model: str
    field: str
    words: Any = ""
    where: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    partner: str = ""
    settle: Settle | None = None
    order: int = 0

    @cached_property
    def table(self) -> Any:
        return apps.get_model(self.model)

    @property
    def column(self) -> str:
        return str(self.table._meta.get_field(self.field).attname)

    @property
    def has_version(self) -> bool:
        return any(each.name == "version" for each in self.table._meta.concrete_fields)

    def of(self, keys: Sequence[int]) -> Any:
        """The rows that name any of these records."""
        return self.table._base_manager.filter(**{f"{self.column}__in": list(keys)}, **self.where)

    def companions(self) -> list[tuple[str, str]]:
        """(field, model) by which a row hangs on another row that moves too, deals first: a task on its deal."""
        moved = {each.model.lower() for each in movers_of(self.kind)} - {self.model.lower()}
        found = [
            (each.name, each.related_model._meta.label_lower)
            for each in self.table._meta.concrete_fields
            if each.is_relation and each.related_model._meta.label_lower in moved
        ]
        return sorted(found, key=lambda each: each[0] != "deal")

    def uniques(self) -> list[tuple[tuple[str, ...], Any, bool]]:
        """(the other columns, condition, whether empty ones are alike) of what may stand there once only."""
        meta = self.table._meta
        found: list[tuple[tuple[str, ...], Any, bool]] = []
        if meta.get_field(self.field).unique:
            found.append(((), None, False))
        for constraint in meta.total_unique_constraints + [
            each
            for each in meta.constraints
            if isinstance(each, UniqueConstraint) and each.condition is not None
        ]:
            if self.field in constraint.fields:
                others = tuple(
                    meta.get_field(name).attname for name in constraint.fields if name != self.field
                )
                found.append((others, constraint.condition, constraint.nulls_distinct is False))
        for together in meta.unique_together:
            if self.field in together:
                others = tuple(meta.get_field(name).attname for name in together if name != self.field)
                found.append((others, None, False))
        return found


# What a merge takes along by itself, see `beside` and `verb`.
HANDLED = {
    ("accounts.matchkey", "account"),
    ("accounts.duplicatepair", "first"),
    ("accounts.duplicatepair", "second"),
}
_movers: dict[tuple[str, str, str], Mover] = {}


def register(*movers: Mover) -> None:
    for mover in movers:
        _movers[mover.kind, mover.model.lower(), mover.field] = mover


def movers_of(kind: str) -> list[Mover]:
    """Upper rooms first."""
    return sorted(
        (each for each in _movers.values() if each.kind == kind),
        key=lambda mover: (-mover.order, mover.model),
    )


def mover_for(kind: str, model: str, field_name: str) -> Mover | None:
    return _movers.get((kind, model.lower(), field_name))
