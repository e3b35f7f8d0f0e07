"""The rights a role can be granted. Each room lists its own in rights.py and declares them in its AppConfig."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Right:
    """A verb a person may be allowed, such as `deals.move`. `is_scoped`: own, department or all makes a difference."""

    verb: str
    label: Any
    is_scoped: bool = True


_rights: dict[str, Right] = {}


def declare(rights: Iterable[Right]) -> None:
    for right in rights:
        _rights[right.verb] = right


def all_rights() -> dict[str, Right]:
    return dict(sorted(_rights.items()))


def label_of(verb: str) -> str:
    right = _rights.get(verb)
    return str(right.label) if right else verb
