"""Condition trees as they are kept, in JSON: `{"all": [["deal.amount", "gte", "100000.00"], {"not": …}]}`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.conditions.tree import OPS, AllOf, AnyOf, Leaf, Not, Plain, Some, Tree

DEEPEST = 12
MOST_LEAVES = 200
MOST_VALUES = 300
LONGEST_TEXT = 1_000
LARGEST = 2**63 - 1
FIELD = re.compile(r"[^\x00-\x1f`]{1,120}")


def read(json: Any) -> Tree:
    """The tree. Refused, in a sentence, for what is not written so; fields and values are checked elsewhere."""
    reader = _Reader()
    return reader.tree(json, DEEPEST)


def written(tree: Tree) -> Any:
    """As `read` reads it."""
    match tree:
        case AllOf(parts):
            return {"all": [written(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [written(part) for part in parts]}
        case Not(part):
            return {"not": written(part)}
        case Some(name, part):
            return {"some": [name, written(part)]}
        case Leaf(name, op, None):
            return [name, op]
        case Leaf(name, op, value):
            return [name, op, list(value) if isinstance(value, tuple) else value]
    raise ValueError(tree)


class _Reader:
    def __init__(self) -> None:
        self.leaves = 0

    def tree(self, json: Any, deeper: int) -> Tree:
        if not deeper:
            raise Refused(_("The condition has groups within groups too deep to follow."))
        if isinstance(json, list | tuple):
            return self._leaf(list(json))
        if not isinstance(json, Mapping) or len(json) != 1:
            raise _unread()
        ((word, inner),) = json.items()
        if word in ("all", "any") and isinstance(inner, list | tuple):
            parts = tuple(self.tree(part, deeper - 1) for part in inner)
            return AllOf(parts) if word == "all" else AnyOf(parts)
        if word == "not":
            return Not(self.tree(inner, deeper - 1))
        if word == "some" and isinstance(inner, list | tuple) and len(inner) == 2:
            return Some(_named(inner[0]), self.tree(inner[1], deeper - 1))
        raise _unread()

    def _leaf(self, json: list[Any]) -> Leaf:
        self.leaves += 1
        if self.leaves > MOST_LEAVES:
            raise Refused(_("At most %(n)d questions in one condition.") % {"n": MOST_LEAVES})
        if len(json) not in (2, 3):
            raise _unread()
        name, op = _named(json[0]), json[1]
        if not isinstance(op, str) or op not in OPS:
            raise Refused(_("The condition asks “%(field)s” in an unknown way.") % {"field": name})
        takes = OPS[op].takes
        if takes == 0:
            if len(json) == 3 and json[2] is not None:
                raise _unread()
            return Leaf(name, op)
        if len(json) == 2 or json[2] is None:
            raise Refused(_("Say what “%(field)s” is compared with.") % {"field": name})
        if takes == 1:
            return Leaf(name, op, _plain(json[2], name))
        return Leaf(name, op, _several(json[2], takes, name))


def _several(json: Any, takes: int | None, name: str) -> tuple[Plain, ...]:
    if (
        not isinstance(json, list | tuple)
        or not 1 <= len(json) <= MOST_VALUES
        or takes not in (None, len(json))
    ):
        raise Refused(_("Say what “%(field)s” is compared with.") % {"field": name})
    return tuple(_plain(value, name) for value in json)


def _plain(value: Any, name: str) -> Plain:
    if isinstance(value, float | Decimal):
        value = f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
    is_said = (
        isinstance(value, str) and len(value) <= LONGEST_TEXT and "\x00" not in value and _encodes(value)
    )
    if is_said or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= LARGEST):
        return value  # type: ignore[no-any-return]
    raise Refused(_("“%(field)s” is compared with something that cannot be read.") % {"field": name})


def _named(name: Any) -> str:
    if not isinstance(name, str) or not FIELD.fullmatch(name) or not _encodes(name):
        raise _unread()
    return name


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which no database keeps
        return False
    return True


def _unread() -> Refused:
    return Refused(_("This condition is not written as conditions are."))
