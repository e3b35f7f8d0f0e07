"""What goes into the trash with a record: every row that hangs on it, and on those, found by the foreign keys."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import BooleanField, ExpressionWrapper, Value

from changes.trash.kinds import Reference, Shown, Trashable, kind_of_model, references, shown_kinds

Rows = dict[Any, int]  # key of a row → the record it goes with


@dataclass
class Going:
    """`rows` are what goes, by model; `emptied` the references of rows that stay: {(model, column): {row: (record,
    what it named)}}. Every row says with which of the records it goes: where two claim it, with the first."""

    model: Any
    rows: dict[Any, Rows] = field(default_factory=lambda: defaultdict(dict))
    emptied: dict[tuple[Any, str], dict[int, tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def roots(self) -> list[int]:
        """The records that go for their own sake."""
        return sorted(key for key, root in self.rows.get(self.model, {}).items() if key == root)

    def along(self, kind: Trashable) -> Rows:
        """Records of a kind that go because of another, with that; parts of it are not counted as such."""
        found = self.rows.get(kind.model, {})
        if kind.is_part:
            return {}
        if kind.model is not self.model:
            return dict(found)
        return {key: root for key, root in found.items() if key != root}

    def counts(self) -> dict[int, dict[str, int]]:
        """{record: {model: rows}}, without the records themselves."""
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for model, rows in self.rows.items():
            for key, root in rows.items():
                if model is not self.model or key != root:
                    label = model._meta.label
                    found[root][label] = found[root].get(label, 0) + 1
        return found


def gathered(model: Any, keys: Iterable[int]) -> Going:
    """Everything that goes with these records; a few statements for each model, however many they are."""
    going = Going(model)
    start = {key: key for key in keys}
    going.rows[model].update(start)
    waiting: list[tuple[Any, Rows]] = [(model, start)]
    while waiting:
        current, rows = waiting.pop(0)
        for reference in references(current):
            found = _claimed(going, reference, rows)
            if found:
                waiting.append((reference.model, found))
    for (other, _column), emptied in going.emptied.items():
        for key in emptied.keys() & going.rows.get(other, {}).keys():
            del emptied[key]
    return going


def lock(going: Going) -> None:
    """Upper rooms first, rows in the order of their keys, as the rooms' own verbs lock them."""
    for model in sorted(going.rows, key=_floor, reverse=True):
        if kind_of_model(model) or _has_version(model):
            found = model._base_manager.select_for_update(of=("self",)).filter(pk__in=going.rows[model])
            list(found.order_by("pk").values_list("pk"))


def described(kind: Trashable, key: int, going: Going) -> list[tuple[str, int, str]]:
    """(words, how many, where they are listed) of what goes along with one record, in the order of the rooms."""
    counts = going.counts().get(key, {})
    return [
        (str(apps.get_model(shown.model)._meta.verbose_name_plural), counts[shown.model], shown.url(kind.record, key))
        for shown in _ordered()
        if shown.model in counts
    ]  # fmt: skip


def described_counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The same of an entry that lies there."""
    return [
        (str(apps.get_model(shown.model)._meta.verbose_name_plural), counts[shown.model])
        for shown in _ordered()
        if shown.model in counts
    ]


def _ordered() -> Sequence[Shown]:
    return list(shown_kinds().values())


def _claimed(going: Going, reference: Reference, rows: Rows) -> Rows:
    """Rows that this reference takes along, of those nothing took before; those that stay are noted."""
    stays = ExpressionWrapper(reference.stays, BooleanField()) if reference.stays else Value(False)
    named = reference.of(list(rows)).order_by().annotate(stays_here=stays)
    taken, found = going.rows[reference.model], {}
    for key, value, stays_here in named.values_list("pk", reference.column, "stays_here"):
        if stays_here:
            going.emptied[reference.model, reference.column].setdefault(key, (rows[value], value))
        elif key not in taken:
            taken[key] = found[key] = rows[value]
    if not taken:
        del going.rows[reference.model]
    return found


def _has_version(model: Any) -> bool:
    return any(each.name == "version" for each in model._meta.concrete_fields)


def _floor(model: Any) -> tuple[int, str]:
    order = [config.label for config in apps.get_app_configs()]
    return order.index(model._meta.app_label), str(model._meta.label)
