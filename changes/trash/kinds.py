"""What can be put into the trash, and what becomes of the rows that name it. Rooms register both in their AppConfig.

A record in the trash stands in no table: it is kept whole beside (`KeptRows`), with every row that hangs on it. So
no list, sum, search, report or reminder has to leave it out, and no index grows a condition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import CASCADE, PROTECT, SET_NULL, Q

from changes.models import TrashEntry
from foundation.facts import Fact

Hook = Callable[[Sequence[int]], None]


def _nothing(_keys: Sequence[int]) -> None:
    return None


def _nowhere(_key: int) -> int | None:
    return None


def _its_own(record: Any) -> str:
    return str(record.get_absolute_url())


def _no_objection(_keys: Sequence[int]) -> dict[int, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Trashable:
    """Records of a kind; facts call them `subject`. `right` is what a person needs to put one into the trash.

    `team_of` says who sees a record; `leaving(keys)` runs while the rows are still there, `returned(keys)` once they
    are back, both inside the transaction. `objections(keys)` are sentences why some may not go. `moved_to(key)` is
    where a record went that was merged into another while something that names it lay in the trash. `beside` are the
    relations `team_of` reads. Rooms above have a greater `order`. What `is_part` of another record goes along with
    that without an entry and without a question: only on its own it is a record of the trash. `names` are further
    columns that its facts say; `page(record)` is where a person sees that it is back.
    """

    record: str
    subject: str
    model: Any
    right: str
    view_right: str
    team_of: Callable[[Any], list[int]]
    trashed: Callable[[TrashEntry, Mapping[str, Any]], Fact]
    restored: Callable[[TrashEntry, Mapping[str, Any]], Fact]
    leaving: Hook = _nothing
    returned: Hook = _nothing
    objections: Callable[[Sequence[int]], dict[int, str]] = _no_objection
    moved_to: Callable[[int], int | None] = _nowhere
    beside: tuple[str, ...] = ()
    is_part: bool = False
    names: tuple[str, ...] = ()
    page: Callable[[Any], str] = _its_own
    order: int = 0

    def words(self, number: int = 2) -> str:
        meta = self.model._meta
        return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


class Reference(NamedTuple):
    """Rows of `model` whose `column` names a record. Those in `stays` lose the name, the others go along."""

    model: Any
    column: str
    stays: Q | None
    where: dict[str, Any]

    def of(self, keys: Sequence[int]) -> Any:
        return self.model._base_manager.filter(**{f"{self.column}__in": list(keys)}, **self.where)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Dependants named in the question before deleting: `url(record, key)` lists them, where a page does."""

    model: str
    url: Callable[[str, int], str] = field(default=lambda _record, _key: "")


EVERY = Q(pk__isnull=False)
_kinds: dict[str, Trashable] = {}
_stays: dict[tuple[str, str], Q] = {}
_plain: list[tuple[str, str, str, dict[str, Any]]] = []
_shown: dict[str, Shown] = {}
_forget: dict[str, Callable[[Sequence[Mapping[str, Any]]], None]] = {}
_protected: list[str] = []
_minding: dict[str, Callable[[Sequence[int]], dict[int, str]]] = {}


def register(kind: Trashable) -> None:
    _kinds[kind.record] = kind


def stays(model: str, field_name: str, rows: Q = EVERY) -> None:
    """Rows of “activities.Call” whose `field_name` names what goes: these stay without the name."""
    _stays[model.lower(), field_name] = rows


def goes_along(record: str, model: str, column: str, where: dict[str, Any]) -> None:
    """Rows that name a record by its key without a foreign key."""
    _plain.append((record, model, column, where))


def show(*shown: Shown) -> None:
    for each in shown:
        _shown[each.model] = each


def minds(model: str, objections: Callable[[Sequence[int]], dict[int, str]]) -> None:
    """Rows of “billing.Invoice” that may not go along, as {row: why}: what they hang on stays too."""
    _minding[model] = objections


def minding() -> dict[str, Callable[[Sequence[int]], dict[int, str]]]:
    return _minding


def on_forgetting(model: str, forget: Callable[[Sequence[Mapping[str, Any]]], None]) -> None:
    """What else goes for good with rows of a model, such as the bytes of files."""
    _forget[model] = forget


def leaves_whole(trigger: str) -> None:
    """Rows that a trigger (“deals.StageEvent:append_only”) lets nobody change leave with their record all the same:
    whole, to come back as they were."""
    _protected.append(trigger)


def protected() -> list[str]:
    return _protected


def kinds() -> list[Trashable]:
    """Upper rooms first."""
    return sorted(_kinds.values(), key=lambda kind: -kind.order)


def kind_of(record: str) -> Trashable:
    return _kinds[record]


def is_trashable(record: str) -> bool:
    return record in _kinds


def kind_of_model(model: Any) -> Trashable | None:
    return next((kind for kind in _kinds.values() if kind.model is model), None)


def shown_kinds() -> dict[str, Shown]:
    return _shown


def forgetting() -> dict[str, Callable[[Sequence[Mapping[str, Any]]], None]]:
    return _forget


@cache
def references(model: Any) -> list[Reference]:
    """Everything that names records of a model: rows go along, unless they may live without it."""
    found = []
    for each in model._meta.get_fields(include_hidden=True):
        is_reverse = each.auto_created and not each.concrete and (each.one_to_many or each.one_to_one)
        if not is_reverse or hasattr(each.related_model, "pgh_tracked_model"):
            continue
        label, name = each.related_model._meta.label_lower, each.field.name
        stay = _stays.get((label, name))
        if each.on_delete is SET_NULL:
            stay = stay or EVERY
        elif each.on_delete not in (CASCADE, PROTECT):
            continue
        found.append(Reference(each.related_model, each.field.attname, stay, {}))
    kind = kind_of_model(model)
    for record, label, column, where in _plain:
        if kind is not None and record == kind.record:
            found.append(Reference(apps.get_model(label), column, None, where))
    return found
