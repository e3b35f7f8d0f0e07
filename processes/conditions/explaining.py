"""Why, and why not: every part of a condition with whether it holds, and with what the record says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from processes.conditions.closure import Values, compile_closure, is_missing
from processes.conditions.sentences import Words
from processes.conditions.tree import AllOf, AnyOf, Asked, Condition, Not, Some, Tree

MOST_ROWS = 20


@dataclass(frozen=True)
class Explained:
    """`value`: what the record has where one field is asked; of a list, how many rows hold. `parts`: of a group, or
    of a list a part for each row (the first twenty). `field`: which is asked; `is_missing`: the record has none."""

    sentence: str
    holds: bool
    value: str = ""
    parts: tuple["Explained", ...] = ()
    field: str = ""
    is_missing: bool = False


def explain(condition: Condition, values: Values, now: datetime) -> Explained:
    """In the active language; `values` as the closure takes them."""
    return _Explaining(condition, now).tree(condition.root, values)


class _Explaining:
    def __init__(self, condition: Condition, now: datetime) -> None:
        self.condition, self.now = condition, now
        self.words = Words(condition.zone)

    def tree(self, tree: Tree, values: Values) -> Explained:
        holds = self._holds(tree, values)
        match tree:
            case AllOf(parts):
                said = _("all of these hold") if parts else _("always")
                return Explained(said, holds, parts=tuple(self.tree(part, values) for part in parts))
            case AnyOf(parts):
                said = _("one of these holds") if parts else _("never")
                return Explained(said, holds, parts=tuple(self.tree(part, values) for part in parts))
            case Not(part):
                return Explained(_("this does not hold"), holds, parts=(self.tree(part, values),))
            case Some(field, part):
                return self._list(tree, field, part, values)
            case Asked(field):
                value = values.get(field.name)
                shown = str(len(value or ())) if field.kind == "list" else self.words.value(field, value)
                said = self.words.question(tree)
                return Explained(said, holds, shown, field=field.name, is_missing=is_missing(value))
        raise ValueError(tree)

    def _list(self, tree: Some, field: Any, part: Tree, values: Values) -> Explained:
        rows = values.get(field.name) or ()
        fitting = sum(self._holds(part, row) for row in rows)
        value = _("%(n)d of %(all)d") % {"n": fitting, "all": len(rows)}
        parts = tuple(self.tree(part, row) for row in rows[:MOST_ROWS])
        return Explained(self.words.tree(tree), fitting > 0, value, parts, field.name, is_missing(rows))

    def _holds(self, tree: Tree, values: Values) -> bool:
        asked = Condition(tree, self.condition.subject, self.condition.zone)
        return compile_closure(asked)(values, self.now)
