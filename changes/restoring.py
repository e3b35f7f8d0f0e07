"""What a change-set changed, read from the history, and how each room puts it back.

A room registers its tracked models with `register(Restorer(...))` in its AppConfig. Nobody but the room's verbs
writes its fields: `put_back` calls them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from changes.models import ChangeSet
from foundation.errors import Refused
from foundation.statements import array_text

Values = Mapping[str, Any]  # by column, or `custom.<key>` inside a column of parts


class PutBack(Protocol):
    def __call__(
        self, wanted: Mapping[int, Values], *, by: Any, at: datetime, undone: ChangeSet
    ) -> dict[int, str]:
        """Give records ({key: {column: value}}) these values, through verbs; {key: why not} for those refused."""


def _plain_label(_name: str) -> str | None:
    return None


def _plain_words(_name: str, _values: Sequence[Any], _reader: Any) -> list[str] | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Restorer:
    """`record` is the kind of record; `rights` are the columns that can be put back and what a person needs for it.

    `parts` are JSON columns compared key by key. `hidden` columns are put back and not shown.
    What a set created goes into the trash where `changes.trash` knows records of the kind. `label` and `words`
    may say what the model's fields do not.
    """

    record: str
    model: Any
    history: Any
    rights: Mapping[str, str]
    put_back: PutBack
    parts: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    label: Callable[[str], str | None] = _plain_label
    words: Callable[[str, Sequence[Any], Any], list[str] | None] = _plain_words

    def label_of(self, name: str) -> str:
        return self.label(name) or str(self.model._meta.get_field(name.partition(".")[0]).verbose_name)

    @property
    def shown(self) -> list[str]:
        """The columns that people are shown."""
        return [name for name in self.rights if name not in self.hidden]

    def filled_in(self, statement: str) -> str:
        """A statement about the history of this model."""
        columns = {
            alias: ", ".join(f'{alias}."{name}"' for name in self.shown) for alias in ("earlier", "step")
        }
        return statement.format(table=self.history._meta.db_table, **columns)

    def right_for(self, name: str) -> str:
        return self.rights[name.partition(".")[0]]

    def title_of(self, number: int = 2) -> str:
        meta = self.model._meta
        return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


class FieldChange(NamedTuple):
    """A field before the change-set, as it left it, and as it is now."""

    name: str
    before: Any
    left: Any
    now: Any

    @property
    def is_conflict(self) -> bool:
        return bool(self.now != self.left and self.now != self.before)

    @property
    def is_back(self) -> bool:
        return bool(self.now == self.before)


@dataclass
class RecordChange:
    """What a change-set did to one record. `is_known` is False where nothing says what stood there before."""

    pk: int
    fields: list[FieldChange] = field(default_factory=list)
    is_new: bool = False
    is_gone: bool = False
    is_known: bool = True

    def is_shown(self, restorer: Restorer) -> bool:
        """Whether it did anything that people are shown."""
        is_changed = any(each.name not in restorer.hidden for each in self.fields)
        return is_changed or self.is_new or self.is_gone or not self.is_known


_restorers: dict[str, Restorer] = {}


def register(restorer: Restorer) -> None:
    _restorers[restorer.record] = restorer


def restorers() -> list[Restorer]:
    """In the order of the house, upper rooms first: what hangs on a record goes before it."""
    return list(_restorers.values())


def restorer_of(record: str) -> Restorer:
    return _restorers[record]


def is_restored(record: str) -> bool:
    """Whether records of the kind keep a history to be put back from."""
    return record in _restorers


def history_of(model: Any) -> Any:
    """The model of the rows that pghistory keeps of a tracked model."""
    return model.pgh_event_models["insert"]


def one_by_one(model: Any, put_one: Callable[..., None]) -> PutBack:
    """For rooms that put back a record at a time: `put_one(record, values, by=, at=)` may raise Refused."""

    def put_back(wanted: Mapping[int, Values], *, by: Any, at: datetime, undone: ChangeSet) -> dict[int, str]:
        refused = {}
        records = model._default_manager.in_bulk(list(wanted))
        for key, values in sorted(wanted.items()):
            try:
                with transaction.atomic():
                    put_one(records[key], values, by=by, at=at)
            except Refused as refusal:
                refused[key] = refusal.message
        return refused

    return put_back


def named_values(model: Any, values: Values) -> dict[str, Any]:
    """Column values as a verb takes them: related records themselves, parts of a JSON column together."""
    named: dict[str, Any] = {}
    for name, value in values.items():
        column, dot, key = name.partition(".")
        found = model._meta.get_field(column)
        if dot:
            named.setdefault(found.name, {})[key] = value
        elif found.is_relation and value is not None:
            related = found.related_model._base_manager.filter(pk=value).first()
            if related is None:
                raise Refused(
                    _("“%(field)s” cannot be put back: it is gone.") % {"field": found.verbose_name}
                )
            named[found.name] = related
        else:
            named[found.name] = value
    return named


FIRST = """
    INSERT INTO "{table}" ({columns}, pgh_created_at, pgh_label, pgh_obj_id)
    SELECT {columns}, now(), 'known', id FROM "{records}" AS record WHERE id = ANY(%s::bigint[])
    AND NOT EXISTS (SELECT FROM "{table}" AS step WHERE step.pgh_obj_id = record.id)
"""
# Steps of a set that changed something registered: triggers also write rows where only derived columns did.
# “+ 0”, because the planner would otherwise walk the whole primary key backwards for the greatest key; a record has
# few rows of its own.
REAL = """
    FROM "{table}" AS step WHERE step.pgh_context_id = %s AND NOT EXISTS (
        SELECT FROM "{table}" AS earlier WHERE earlier.pgh_obj_id = step.pgh_obj_id AND earlier.pgh_id = (
            SELECT max(one.pgh_id + 0) FROM "{table}" AS one
            WHERE one.pgh_obj_id = step.pgh_obj_id AND one.pgh_id < step.pgh_id)
        AND ({earlier}) IS NOT DISTINCT FROM ({step}))
"""
COUNT = "SELECT count(DISTINCT step.pgh_obj_id)" + REAL
KEYS = """
    SELECT DISTINCT pgh_obj_id FROM "{table}" WHERE pgh_context_id = %s AND pgh_obj_id > %s
    ORDER BY pgh_obj_id LIMIT %s
"""
STEPS = """
    SELECT step.pgh_obj_id, step.pgh_id, step.pgh_label = 'insert',
           (SELECT max(earlier.pgh_id + 0) FROM "{table}" AS earlier
            WHERE earlier.pgh_obj_id = step.pgh_obj_id AND earlier.pgh_id < step.pgh_id)
    FROM "{table}" AS step
    WHERE step.pgh_context_id = %s AND step.pgh_obj_id = ANY(%s::bigint[]) ORDER BY step.pgh_id
"""


def make_known(restorer: Restorer, keys: Sequence[int]) -> None:
    """Let the history begin for records that were loaded past its triggers: a set about to change them asks for it."""
    columns = [
        each.column for each in restorer.history._meta.concrete_fields if not each.name.startswith("pgh_")
    ]
    said = ", ".join(f'"{column}"' for column in columns)
    statement = FIRST.format(
        table=restorer.history._meta.db_table, records=restorer.model._meta.db_table, columns=said
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [array_text(keys)])


def counts(change_set: ChangeSet) -> dict[str, int]:
    """How many records it changed of each kind that can be put back; kinds without any are left out."""
    found = {each.record: int(_rows(each, COUNT, [change_set.context])[0][0]) for each in restorers()}
    return {record: count for record, count in found.items() if count}


def changed_keys(
    restorer: Restorer, change_set: ChangeSet, *, after: int = 0, limit: int | None = None
) -> list[int]:
    """Keys of changed records in ascending order, from `after` on; all of them without a limit."""
    return [row[0] for row in _rows(restorer, KEYS, [change_set.context, after, limit])]


def compared(
    restorer: Restorer, change_set: ChangeSet, keys: Sequence[int], *, is_locked: bool = False
) -> dict[int, RecordChange]:
    """What the change-set did to these records, beside what stands there now; locks them where they are to change."""
    steps = _rows(restorer, STEPS, [change_set.context, array_text(keys)])
    wanted = {pgh_id for _key, step, _new, earlier in steps for pgh_id in (step, earlier) if pgh_id}
    columns = list(restorer.rights)
    past = {
        row["pgh_id"]: row
        for row in restorer.history._base_manager.filter(pgh_id__in=wanted).values("pgh_id", *columns)
    }
    records = restorer.model._base_manager.filter(pk__in=keys).order_by("pk")
    if is_locked:
        records = records.select_for_update()
    present = {row["pk"]: row for row in records.values("pk", *columns)}
    changes: dict[int, RecordChange] = {}
    spans: dict[int, dict[str, list[Any]]] = defaultdict(dict)
    for key, step, is_insert, earlier in steps:
        change = changes.setdefault(key, RecordChange(key, is_gone=key not in present))
        if earlier is None:
            change.is_new = change.is_new or is_insert
            change.is_known = change.is_known and is_insert
            continue
        for name, before, after in _differences(restorer, past[earlier], past[step]):
            spans[key].setdefault(name, [before, after])[1] = after
    for key, change in changes.items():
        if not change.is_gone:
            change.fields = [
                FieldChange(name, before, left, _value(present[key], name))
                for name, (before, left) in spans[key].items()
                if before != left
            ]
    return changes


def allowed_keys(
    restorer: Restorer, keys: Collection[int], person: Any, right: str | None = None
) -> set[int]:
    """Those of the records the person sees, or may do `right` to."""
    if right is not None and not person.may(right):
        return set()
    seen = restorer.model._default_manager.filter(pk__in=keys).visible_to(person, *([right] if right else []))
    return set(seen.order_by().values_list("pk", flat=True))


def words_of(restorer: Restorer, name: str, values: Sequence[Any], reader: Any) -> list[str]:
    """Values of one field in words, as the reader may know them."""
    said = restorer.words(name, values, reader)
    if said is not None:
        return said
    found = restorer.model._meta.get_field(name.partition(".")[0])
    if found.is_relation:
        return _names(found.related_model, values, reader)
    choices = dict(found.flatchoices)
    return [
        _word(choices[value] if isinstance(value, str) and value in choices else value) for value in values
    ]


def _names(model: Any, keys: Sequence[Any], reader: Any) -> list[str]:
    wanted = {key for key in keys if key is not None}
    queryset = model._default_manager.filter(pk__in=wanted)
    if hasattr(queryset, "visible_to") and not isinstance(reader, model):
        queryset = queryset.visible_to(reader)
    names = {each.pk: str(each) for each in queryset} if wanted else {}
    return [_("nobody or nothing") if key is None else names.get(key, f"ID{key}") for key in keys]


def _word(value: Any) -> str:
    if value in (None, "", [], ()):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return str(formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT"))
    if isinstance(value, date):
        return str(formats.date_format(value))
    if isinstance(value, int | Decimal):
        return str(formats.number_format(value, use_l10n=True, force_grouping=True))
    if isinstance(value, list | tuple):
        return ", ".join(_word(each) for each in value)
    return str(value)


def _differences(restorer: Restorer, before: Values, after: Values) -> Iterable[tuple[str, Any, Any]]:
    for column in restorer.rights:
        if column in restorer.parts:
            had, has = before[column] or {}, after[column] or {}
            for key in sorted(had.keys() | has.keys()):
                if had.get(key) != has.get(key):
                    yield f"{column}.{key}", had.get(key), has.get(key)
        elif before[column] != after[column]:
            yield column, before[column], after[column]


def _value(row: Values, name: str) -> Any:
    column, dot, key = name.partition(".")
    return (row[column] or {}).get(key) if dot else row[column]


def _rows(restorer: Restorer, statement: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(restorer.filled_in(statement), list(values))
        return cursor.fetchall()
