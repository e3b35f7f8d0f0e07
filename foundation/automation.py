"""What rooms offer to processes: fields to ask about and actions to take. Facts are in foundation.facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Field:
    """A field conditions may use: `deal.amount`, of kind text, number, money, date, moment, choice or person."""

    name: str
    label: Any
    kind: str
    lookup: str


@dataclass(frozen=True)
class Action:
    """A verb processes may call: `run(subject_id, arguments, by=, at=, cause=)`. `right`: what a person would need."""

    name: str
    label: Any
    subject: str
    run: Callable[..., Any]
    right: str
    arguments: dict[str, Any] = field(default_factory=dict)


_fields: dict[str, Field] = {}
_more: list[Callable[[], Iterable[Field]]] = []
_actions: dict[str, Action] = {}


def offer(*offered: Field | Action) -> None:
    for each in offered:
        if isinstance(each, Field):
            _fields[each.name] = each
        else:
            _actions[each.name] = each


def offer_more(fields: Callable[[], Iterable[Field]]) -> None:
    """Fields that are known only when they are asked for, such as those an administrator defines."""
    _more.append(fields)


def all_fields() -> dict[str, Field]:
    return dict(sorted((_fields | {each.name: each for more in _more for each in more()}).items()))


def all_actions() -> dict[str, Action]:
    return dict(sorted(_actions.items()))
