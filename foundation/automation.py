"""What rooms offer to processes: subjects, fields to ask about and actions to take. Facts are in foundation.facts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Options = Callable[[], Iterable[tuple[Any, Any]]]


@dataclass(frozen=True)
class Subject:
    """A kind of record processes are about. Without a `page(pk)` it is only seen as a row of another's list."""

    kind: str
    label: Any
    model: Any
    page: Callable[[int], str] | None = None
    of_owner: str | None = "owner_id"
    title: Callable[[Any], str] = str


@dataclass(frozen=True)
class Field:
    """A field conditions may use: `deal.amount`, of kind text, number, money, date, moment, choice, choices, person
    or list. `lookup` is its path from the `subject`, which the name begins with unless another is given.

    `options` gives (value, label) of what is chosen from. Of a list, `of` is the subject of its rows, and `lookup`
    leads back from a row.
    """

    name: str
    label: Any
    kind: str
    lookup: str
    subject: str = ""
    options: Options | None = None
    of: str = ""
    unit: Any = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", self.subject or self.name.partition(".")[0])


@dataclass(frozen=True)
class Action:
    """A verb processes may call: `run(subject_id, arguments, by=, at=, cause=)`. `right`: what a person would need.
    `arguments` are {name: kind}; those `required` must be filled in."""

    name: str
    label: Any
    subject: str
    run: Callable[..., Any]
    right: str
    arguments: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()


_subjects: dict[str, Subject] = {}
_fields: dict[str, Field] = {}
_more: list[Callable[[], Iterable[Field]]] = []
_actions: dict[str, Action] = {}
_options: dict[str, Options] = {}


def offer(*offered: Field | Action) -> None:
    for each in offered:
        if isinstance(each, Field):
            _fields[each.name] = each
        else:
            _actions[each.name] = each


def offer_subject(*subjects: Subject) -> None:
    _subjects.update({each.kind: each for each in subjects})


def offer_more(fields: Callable[[], Iterable[Field]]) -> None:
    """Fields that are known only when they are asked for, such as those an administrator defines."""
    _more.append(fields)


def offer_options(kind: str, options: Options) -> None:
    """What an argument of this kind is chosen from."""
    _options[kind] = options


def subject(kind: str) -> Subject:
    return _subjects[kind]


def all_subjects() -> dict[str, Subject]:
    """Those that processes can be about, not what is only a row."""
    return {kind: each for kind, each in sorted(_subjects.items()) if each.page is not None}


def all_fields() -> dict[str, Field]:
    return dict(sorted((_fields | {each.name: each for more in _more for each in more()}).items()))


def named(name: str) -> Field | None:
    return _fields.get(name) or all_fields().get(name)


def all_actions() -> dict[str, Action]:
    return dict(sorted(_actions.items()))


def options_of(kind: str) -> list[tuple[Any, Any]]:
    """(value, label) to choose an argument from; none where it is typed."""
    return list(_options[kind]()) if kind in _options else []
