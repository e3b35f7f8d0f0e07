"""The way every import goes: rows in batches, read, matched, judged, then written; or judged only."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.rights import label_of
from integrations.fields import Field
from integrations.importing import external_ids
from integrations.importing.names import kept, name_key
from integrations.importing.outcome import Outcome, RejectedRows, without_reason
from integrations.importing.record import Layout, Record
from integrations.importing.showing import MOST_SHOWN, shown
from integrations.importing.watching import Watch
from integrations.mapping import ALWAYS, CREATE_ONLY, NEVER, UPDATE_ONLY, Mapping, MappingError
from integrations.tables import Row, Table
from integrations.values import Reader

BATCH = 2_000
CONFIGURES = "admin.configure"
CUSTOM = "custom."


@dataclass(kw_only=True)
class Work:
    """One run over one file, on behalf of one person, at one moment."""

    mapping: Mapping
    table: Table
    by: Any
    at: datetime
    is_dry_run: bool
    outcome: Outcome = field(default_factory=Outcome)
    rejected_rows: RejectedRows | None = None
    progress: Callable[[int], None] = lambda rows: None
    row_limit: int | None = None

    @property
    def reader(self) -> Reader:
        return Reader(
            language=getattr(self.by, "language", "en"),
            date_format=self.mapping.date_format,
            decimal_mark=self.mapping.decimal_mark,
            is_workbook=self.table.kind == "xlsx",
            counts_days_from_1904=self.table.counts_days_from_1904,
        )


@dataclass(slots=True)
class Step:
    """A row on its way: its values, the record it matches if any, and what would change there."""

    record: Record
    values: dict[str, Any]
    target: Any = None
    changes: dict[str, Any] = field(default_factory=dict)


class Importer:
    """Subclasses say what the fields mean and which verbs write them."""

    entity: ClassVar[str]
    kind: ClassVar[str]
    fields: ClassVar[Sequence[Field]]
    natural_match: ClassVar[Sequence[str]] = ()
    matchable: ClassVar[Sequence[str]] = ()  # beside the natural ones and the other system's key
    creatable: ClassVar[Sequence[str]] = ()
    create_right: ClassVar[str]
    change_right: ClassVar[str]

    def __init__(self, work: Work) -> None:
        self.work = work
        self.mapping, self.by, self.at, self.outcome = work.mapping, work.by, work.at, work.outcome
        self.reader = work.reader
        self.layout = Layout(work.mapping, work.table.headers, self.fields)
        self.system = work.mapping.system or "file"
        self.match_by = list(work.mapping.match) or self._usual_match()
        self.seen: dict[Any, int] = {}
        self.width = len(without_reason(work.table.headers))
        self.same_rows: Counter[str] = Counter()
        self.watch = (
            Watch(work.mapping.columns, self.fields, work.table, self.reader) if work.is_dry_run else None
        )
        self._check_matchable()
        self._check_creatable()

    # What subclasses answer.
    def prepare(self) -> None:
        """Load what rows refer to."""

    def read(self, record: Record) -> dict[str, Any]:
        """The row as values of fields; only what it fills. Problems go to the record."""
        raise NotImplementedError

    def visible(self) -> Any:
        """The records this person sees, with what `differences` looks at."""
        raise NotImplementedError

    def named(self, names: Sequence[str]) -> dict[str, list[Any]]:
        """Visible records by name_key, for matching by name."""
        return {}

    def complete(self, step: Step) -> None:
        """Check and complete a new record."""

    def compare(self, steps: Sequence[Step]) -> None:
        """What may be said, or held, against new records, a batch at a time."""

    def differences(self, step: Step) -> dict[str, Any]:
        """What the row would change in its target."""
        return {
            name: value
            for name, value in step.values.items()
            if name in self.plain_fields and getattr(step.target, name) != value
        }

    plain_fields: ClassVar[frozenset[str]] = frozenset()

    def spare(self, step: Step, changes: dict[str, Any], name: str, policy: str) -> None:
        """Take out of the changes what the mapping keeps from being written over."""
        if name in changes and (policy == NEVER or getattr(step.target, name) not in (None, "", [])):
            del changes[name]

    def create_many(self, steps: Sequence[Step]) -> list[Any]:
        raise NotImplementedError

    def change(self, step: Step) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """What can be done only after the last row."""

    # The way itself.
    def run(self) -> None:
        if not self.work.is_dry_run:
            external_ids.wait_for_turn(self.system, self.kind)
        self.prepare()
        rows = islice(self.work.table.rows(), self.work.row_limit)
        for batch in batches(rows, BATCH):
            self._take(batch)
            self.work.progress(self.outcome.read)
        if self.watch is not None:
            self.outcome.days = [each.as_json() for each in self.watch.asked()]
            self.outcome.proved_days = {each.name: each.proved for each in self.watch.asked() if each.proved}
            self.outcome.warnings += self.watch.warnings()
        self.finish()

    def may_create(self, name: str) -> bool:
        """Whether unknown names of this field are made: only what the mapping says, by who may configure."""
        return name in self.mapping.create_missing

    def kept(self, record: Any) -> Any:
        return kept(record, count=self.outcome.count)

    def _take(self, rows: Sequence[Row]) -> None:
        self.outcome.read += len(rows)
        steps = []
        for row in rows:
            record = self.layout.record(row)
            if self.watch is not None:
                self.watch.see(row)
            steps.append(Step(record, self.read(record) if not record.problems else {}))
        self._match([step for step in steps if not step.record.problems])
        for step in steps:
            if not step.record.problems:
                self._judge(step)
        self.compare([step for step in steps if step.target is None and not step.record.problems])
        self._write(steps)

    def _write(self, steps: Sequence[Step]) -> None:
        new, changed = [], []
        for step in steps:
            if step.record.problems:
                self._reject(step)
            elif step.target is None:
                new.append(step)
            elif step.changes:
                changed.append(step)
            else:
                self.outcome.unchanged += 1
        self.outcome.created += len(new)
        if self.work.is_dry_run:
            self.outcome.updated += len(changed)
            self._show(changed)
            return
        if new:
            self._remember(new, self.create_many(new))
        for step in changed:
            try:
                with transaction.atomic():
                    self.change(step)
                self.outcome.updated += 1
            except Refused as refusal:
                step.record.reject("", refusal.message)
                self._reject(step)

    def _show(self, changed: Sequence[Step]) -> None:
        """The first ones as they are and as they would be."""
        labels = {each.name: str(each.label) for each in self.fields}
        for step in changed[: MOST_SHOWN - len(self.outcome.updates)]:
            self.outcome.updates.append(shown(step.record.row.number, step.target, step.changes, labels))

    def _reject(self, step: Step) -> None:
        reason = step.record.tell(self.outcome)
        if self.work.rejected_rows is not None:
            self.work.rejected_rows.add(step.record.row.cells, reason)

    def _match(self, steps: Sequence[Step]) -> None:
        """Find what the rows stand for among what this person sees; the second row of one key is rejected."""
        for key in self.match_by:
            unmatched = [step for step in steps if step.target is None]
            keys = {id(step): self._key(step, key) for step in unmatched}
            wanted = {each for each in keys.values() if each}
            found = self._found(key, wanted)
            for step in unmatched:
                self._settle(step, key, keys[id(step)], found)

    def _settle(self, step: Step, field_name: str, key: str, found: dict[str, list[Any]]) -> None:
        if not key:
            return
        before = self.seen.setdefault((field_name, key), step.record.row.number)
        if before != step.record.row.number:
            step.record.reject(field_name, _("The same as row %(row)s of this file.") % {"row": before})
            return
        matches = found.get(key, [])
        if len(matches) > 1:
            step.record.reject(
                field_name,
                _("%(count)s records match this row; it is not clear which.") % {"count": len(matches)},
            )
        elif matches:
            step.target = matches[0]

    def _key(self, step: Step, field_name: str) -> str:
        if field_name == "external_id":
            return str(step.values.get("external_id", ""))
        return name_key(str(step.values.get(field_name) or ""))

    def _found(self, field_name: str, keys: set[str]) -> dict[str, list[Any]]:
        if field_name != "external_id":
            return self.named(sorted(keys))
        ids = external_ids.objects_by_key(self.system, self.kind, keys)
        wanted = {object_id for each in ids.values() for object_id in each}
        records = {record.pk: record for record in self.visible().filter(pk__in=wanted)}
        return {key: [records[pk] for pk in each if pk in records] for key, each in ids.items()}

    def _judge(self, step: Step) -> None:
        if step.target is None:
            if self.mapping.mode == UPDATE_ONLY:
                step.record.reject("", _("Nothing matches this row, and nothing new is to be made."))
                return
            if not self.by.may(self.create_right):
                step.record.reject("", self._lacks(self.create_right))
                return
            self.complete(step)
            return
        if self.mapping.mode == CREATE_ONLY:
            return
        step.changes = self.differences(step)
        for name, policy in self.mapping.overwrite.items():
            if policy != ALWAYS:
                self._spare(step, name, policy)
        if step.changes and not self._may_change(step.target):
            step.record.reject("", self._lacks(self.change_right))

    def _spare(self, step: Step, name: str, policy: str) -> None:
        custom = step.changes.get("custom")
        if not name.startswith(CUSTOM):
            self.spare(step, step.changes, name, policy)
        elif custom and (key := name.removeprefix(CUSTOM)) in custom:
            if policy == NEVER or step.target.custom.get(key) not in (None, "", []):
                step.changes["custom"] = {each: value for each, value in custom.items() if each != key}
            if not step.changes["custom"]:
                del step.changes["custom"]

    def _may_change(self, target: Any) -> bool:
        if hasattr(target, "team_ids"):
            return bool(self.by.reaches(target, self.change_right))
        return bool(self.by.may(self.change_right))

    def _lacks(self, right: str) -> str:
        return _("You lack the right: %(right)s.") % {"right": label_of(right)}

    def _remember(self, steps: Sequence[Step], made: Sequence[Any]) -> None:
        pairs = [
            (str(step.values["external_id"]), record.pk)
            for step, record in zip(steps, made, strict=True)
            if step.values.get("external_id")
        ]
        external_ids.remember(self.system, self.kind, pairs)

    def read_external_id(self, record: Record) -> str:
        return record.shortened("external_id", 200)

    def key_of_row(self, record: Record) -> str:
        """A key for rows of files that have none: their content, and which of several equal rows it is."""
        cells = record.row.cells[: self.width]
        digest = hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:40]
        self.same_rows[digest] += 1
        return f"row:{digest}:{self.same_rows[digest]}"

    def _usual_match(self) -> list[str]:
        if "external_id" in self.mapping.filled_fields():
            return ["external_id"]
        return list(self.natural_match)

    @classmethod
    def match_keys(cls) -> list[str]:
        """The fields by which rows can be matched with what is here."""
        return list(dict.fromkeys(("external_id", *cls.natural_match, *cls.matchable)))

    def _check_matchable(self) -> None:
        known = self.match_keys()
        strange = [name for name in self.mapping.match if name not in known]
        if strange:
            raise MappingError(
                _("Rows can be matched by %(known)s, not by “%(name)s”.")
                % {"known": ", ".join(known), "name": strange[0]}
            )

    def _check_creatable(self) -> None:
        strange = [name for name in self.mapping.create_missing if name not in self.creatable]
        if strange:
            raise MappingError(
                _("“create_missing” can name %(known)s, not “%(name)s”.")
                % {"known": ", ".join(self.creatable) or "—", "name": strange[0]}
            )
        if self.mapping.create_missing and not self.by.may(CONFIGURES):
            raise Refused(self._lacks(CONFIGURES))


def batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch
