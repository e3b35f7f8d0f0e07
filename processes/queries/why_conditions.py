"""A condition asked of one record, part by part: what the fact said then where it holds it, else what is so now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from foundation.automation import Field, named, subject
from foundation.errors import Refused
from processes.conditions import loading
from processes.conditions.explaining import Explained, explain
from processes.conditions.tree import Condition
from processes.running.values import compiled, freeze

DEEPEST = 4


@dataclass(frozen=True)
class Line:
    """A line of the tree, for the template. `mark`: holds, fails or missing. `when`: whether the value is of then."""

    depth: int
    sentence: str
    mark: str
    value: str
    is_leaf: bool
    is_then: bool


@dataclass(frozen=True)
class Asked:
    """`lacking`: what would have to be otherwise, in words; empty where it holds."""

    holds: bool
    lines: tuple[Line, ...] = ()
    lacking: str = ""


class Asking:
    """Of one record. What it has now is read once, in one statement for all the conditions."""

    def __init__(self, kind: str, key: int, trees: Iterable[Any], *, fields: Iterable[str] = ()) -> None:
        """`fields`: what else of it is asked for."""
        self.kind = kind
        conditions = [found for tree in trees if (found := condition_of(tree, kind)) is not None]
        needed = loading.fields_needed(*conditions) | {name: {} for name in fields}
        self.now = loading.values_of(subject(kind).model, key, needed) if needed else {}

    def asked(self, tree: Any, at: datetime, payload: Mapping[str, Any] | None = None) -> Asked:
        """Whether it holds at a moment; with the payload of a fact, by what the fact said."""
        if not tree:
            return Asked(True)
        condition = condition_of(tree, self.kind)
        if condition is None:
            said = _("The condition asks for a field that is no longer there.")
            return Asked(False, (Line(0, said, "missing", "", is_leaf=True, is_then=False),), said)
        then = said_then(condition, payload or {}, self.kind)
        found = explain(condition, {**self.now, **then}, at)
        return Asked(found.holds, tuple(_lines(found, then)), "" if found.holds else lacking(found, then))


def condition_of(tree: Any, kind: str) -> Condition | None:
    """None for no condition, and for one that cannot be read."""
    if not tree:
        return None
    try:
        found: Condition = compiled(kind, freeze(tree))[0]
    except Refused:
        return None
    return found


def said_then(condition: Condition, payload: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What a fact holds of the fields that are asked: where something went to before what it was."""
    found: dict[str, Any] = {}
    for name in loading.fields_needed(condition):
        field = named(name)
        if field is None or field.subject != kind or "__" in field.lookup or field.kind == "list":
            continue
        for key in (f"to_{field.lookup}", field.lookup):
            if payload.get(key) not in (None, ""):
                found |= _typed(field, payload[key])
                break
    return found


def _typed(field: Field, value: Any) -> dict[str, Any]:
    try:
        return {field.name: loading.typed(field, value)}
    except (ValueError, TypeError, ArithmeticError):
        return {}


def lacking(part: Explained, then: Mapping[str, Any]) -> str:
    """What is not so, the least that explains why the whole does not hold; of `then`, what was not."""
    if part.field:
        said = {"sentence": part.sentence, "value": part.value}
        if part.is_missing:
            return _("“%(sentence)s” is not so: nothing is filled in") % said
        if part.field in then:
            return _("“%(sentence)s” was not so: it was %(value)s") % said
        return _("“%(sentence)s” is not so: it is %(value)s") % said
    wrong = [each for each in part.parts if not each.holds]
    if not wrong:
        inner = " ".join(each.sentence for each in part.parts)
        return _("“%(sentence)s” is so, and should not be") % {"sentence": inner} if inner else part.sentence
    return "; ".join(lacking(each, then) for each in wrong)


def _lines(part: Explained, then: Mapping[str, Any], depth: int = 0) -> Iterable[Line]:
    is_missing = bool(part.field) and part.is_missing and not part.holds
    mark = "holds" if part.holds else "missing" if is_missing else "fails"
    is_leaf = bool(part.field)
    yield Line(min(depth, DEEPEST), part.sentence, mark, part.value, is_leaf, part.field in then)
    for each in part.parts:
        yield from _lines(each, then, depth + 1)
