"""One field changed in many records, as one change-set: who may, what would become of each, and doing it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from changes import restoring, running
from changes.bulk.kinds import BulkKind, kind_of
from changes.models import ChangeKind, ChangeSet, Outcome, ResultRow
from changes.restoring import words_of
from changes.running import Result
from foundation.errors import Refused
from foundation.statements import statement
from users.models import User

WORK = "changes.bulk_edit"
MOST, PREVIEWED, SAMPLED, REASONS = 100_000, 5_000, 5, 8
CUSTOM = "custom."
ADD_ROWS = """
    INSERT INTO changes_resultrow (change_set_id, record, object_id, title, outcome, reason, fields)
    SELECT %s, %s, found.id, left(found.title, 200), 'todo', '', ARRAY[]::varchar[]
    FROM ({records}) AS found (id, title, place)
    ORDER BY found.place, found.id LIMIT %s
"""


@dataclass(frozen=True)
class Edit:
    """`field` is a plain field of the kind or `custom.<key>`; `value` as JSON keeps it."""

    field: str
    value: Any

    @property
    def custom_key(self) -> str:
        """Empty where the field is no custom one."""
        return self.field.removeprefix(CUSTOM) if self.field.startswith(CUSTOM) else ""


class Verdict(NamedTuple):
    """What would become of a record: the columns it gets, `custom` whole, or why it is left out."""

    record: Any
    columns: dict[str, Any]
    why: str = ""


@dataclass(frozen=True)
class Preview:
    """What an edit would do to the first `judged` of the records; `left_out` are reasons with how many."""

    judged: int
    able: int
    sample: list[Verdict]
    left_out: list[tuple[str, int]]


@dataclass(frozen=True)
class SampleRow:
    title: str
    url: str
    before: str
    after: str


class Judge:
    """Decides about records one batch after the other; what it asks the database is asked once a batch.

    `right` is what the person needs on each of them. `columns` are what the edit writes; one custom field as
    `custom.<key>`. Refused where no record could have the value.
    """

    def __init__(self, edit: Edit, by: Any, *, right: str, columns: dict[str, Any]) -> None:
        self.edit, self.by, self.right, self.columns = edit, by, right, columns
        if columns.get("owner_id") is not None:
            owner = User.objects.get(pk=columns["owner_id"])
            if not owner.is_active:
                raise Refused(
                    _("%(name)s no longer works here. Choose somebody else.") % {"name": owner.name}
                )

    def prepare(self, records: Sequence[Any]) -> None:
        """Read what objections ask, for all records of a batch."""

    def closed(self, record: Any) -> str:
        """Why this record is never asked, in words; empty where it is."""
        return ""

    def objection(self, record: Any) -> str:
        """Why this value is not for this record, in words; empty where it is."""
        return ""

    def verdicts(self, records: Sequence[Any]) -> list[Verdict]:
        able = self._able(records)
        self.prepare(records)
        return [self._verdict(record, record.pk in able) for record in records]

    def _able(self, records: Sequence[Any]) -> set[int]:
        if not records or not self.by.may(self.right):
            return set()
        found = type(records[0])._default_manager.filter(pk__in=[record.pk for record in records])
        return set(found.visible_to(self.by, self.right).order_by().values_list("pk", flat=True))

    def _verdict(self, record: Any, is_able: bool) -> Verdict:
        if not is_able:
            return Verdict(record, {}, _("You may not change it."))
        if why := self.closed(record):
            return Verdict(record, {}, why)
        columns = self._columns_for(record)
        if all(getattr(record, name) == value for name, value in columns.items()):
            return Verdict(record, {}, _("It is so already."))
        return Verdict(record, columns, self.objection(record))

    def _columns_for(self, record: Any) -> dict[str, Any]:
        """One custom field put into all that the record has."""
        key = self.edit.custom_key
        if not key:
            return dict(self.columns)
        value = self.columns[self.edit.field]
        custom = {name: kept for name, kept in record.custom.items() if name != key}
        return {"custom": custom if value is None else custom | {key: value}}


def register() -> None:
    running.register(WORK, edit_rows)


def preview(kind: BulkKind, records: Any, edit: Edit, *, by: Any, most: int = PREVIEWED) -> Preview:
    """What would become of the first `most` records; nothing is written."""
    judge, left_out = kind.judge(edit, by), Counter[str]()
    sample: list[Verdict] = []
    judged = able = 0
    found = list(records.order_by("pk").select_related(None)[:most])
    for start in range(0, len(found), running.BATCH):
        for verdict in judge.verdicts(found[start : start + running.BATCH]):
            judged += 1
            if verdict.why:
                left_out[verdict.why] += 1
                continue
            able += 1
            if len(sample) < SAMPLED:
                sample.append(verdict)
    return Preview(judged, able, sample, left_out.most_common(REASONS))


def sample_rows(kind: BulkKind, found: Preview, edit: Edit, reader: Any) -> list[SampleRow]:
    """Some of the records before and after, in words."""
    restorer, rows = restoring.restorer_of(kind.record), []
    for verdict in found.sample:
        texts: list[list[str]] = []
        for name, value in verdict.columns.items():
            before, after = getattr(verdict.record, name), value
            if name == "custom":
                name, before, after = edit.field, before.get(edit.custom_key), after.get(edit.custom_key)
            texts.append(words_of(restorer, name, [before, after], reader))
        rows.append(
            SampleRow(
                getattr(verdict.record, kind.title),
                verdict.record.get_absolute_url(),
                ", ".join(text[0] for text in texts),
                ", ".join(text[1] for text in texts),
            )
        )
    return rows


def edit_many(
    kind: BulkKind, records: Any, edit: Edit, *, by: Any, at: datetime, title: str = ""
) -> ChangeSet:
    """Change the field in these records, as far as the person may: at once where they are few, else by a worker."""
    kind.judge(edit, by)
    with transaction.atomic():
        kept = {"record": kind.record, "field": edit.field, "value": edit.value}
        made = ChangeSet.begin(ChangeKind.BULK_EDIT, title=title, by=by, at=at, work=WORK, arguments=kept)
        made.total = _add_rows(made, kind, records)
        if not made.total:
            raise Refused(_("Tick something on the list first."))
        if made.total > MOST:
            raise Refused(_("At most %(n)d records at once: narrow the filter.") % {"n": MOST})
        made.title = title or title_of(kind, edit, made.total)
        made.save(update_fields=["total", "title"])
        running.start(made, by=by, at=at)
    return made


def edit_rows(made: ChangeSet, rows: Sequence[ResultRow], *, by: Any, at: datetime) -> list[Result]:
    """A batch of a bulk edit: judged again, because records and rights may have changed since the preview."""
    kind = kind_of(made.arguments["record"])
    judge = kind.judge(Edit(made.arguments["field"], made.arguments["value"]), by)
    model = restoring.restorer_of(kind.record).model
    held = model._default_manager.select_for_update().filter(pk__in=[row.object_id for row in rows])
    verdicts = {verdict.record.pk: verdict for verdict in judge.verdicts(list(held.order_by("pk")))}
    kind.write([each for each in verdicts.values() if not each.why], by=by, at=at)
    return [_result(row, verdicts.get(row.object_id)) for row in rows]


def title_of(kind: BulkKind, edit: Edit, n: int) -> str:
    """“Owner of 12 deals”."""
    label = restoring.restorer_of(kind.record).label_of(kind.columns.get(edit.field, edit.field))
    words = str(kind.words.field_of % {"field": label, "n": n})
    return words[:1].upper() + words[1:]


def _result(row: ResultRow, verdict: Verdict | None) -> Result:
    if verdict is None:
        return Result(row.pk, Outcome.SKIPPED, _("It is gone."))
    return Result(row.pk, Outcome.SKIPPED if verdict.why else Outcome.DONE, verdict.why)


def _add_rows(made: ChangeSet, kind: BulkKind, records: Any) -> int:
    found, parameters = statement(records.order_by().values_list("pk", kind.title, kind.order))
    with connection.cursor() as cursor:
        cursor.execute(ADD_ROWS.format(records=found), [made.pk, kind.record, *parameters, MOST + 1])
        return cursor.rowcount
