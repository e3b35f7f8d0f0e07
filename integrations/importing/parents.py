"""Subsidiaries: the parent may stand above or below its row in the file, so links are made after the last row."""

from typing import Any

from django.utils.translation import gettext as _

from accounts import bulk
from integrations.importing.base import BATCH, Step, batches
from integrations.importing.names import name_key, unknown_name
from integrations.importing.outcome import Problem
from integrations.importing.record import Record


class Parents:
    def __init__(self, importer: Any) -> None:
        self.importer = importer
        self.existing: dict[str, int] = {}
        self.in_file: set[str] = set()
        self.wanted: list[tuple[int, int, str]] = []
        if "parent" in importer.mapping.filled_fields():
            self._look_ahead()

    def read(self, record: Record, values: dict[str, Any]) -> None:
        if not record.has("parent"):
            return
        name = record.text("parent")
        key = name_key(name)
        if key not in self.in_file and key not in self.existing:
            record.reject_unknown("parent", name, unknown_name(_("client"), name))
        elif key == name_key(record.text("name")):
            record.reject("parent", _("A client cannot be a subsidiary of itself."))
        values["parent_key"] = key

    def differ(self, step: Step, changes: dict[str, Any]) -> None:
        key = step.values.get("parent_key")
        if key and (step.target.parent_id is None or self.existing.get(key) != step.target.parent_id):
            changes["parent"] = key

    def note(self, step: Step, account: Any) -> None:
        """Remember the link to make once all rows are in."""
        is_new = step.target is None and step.values.get("parent_key")
        if is_new or "parent" in step.changes:
            self.wanted.append((step.record.row.number, account.pk, step.values["parent_key"]))

    def finish(self) -> None:
        keys = sorted({key for _row, _account, key in self.wanted})
        found: dict[str, list[Any]] = {}
        for start in range(0, len(keys), BATCH):
            found |= self.importer.named(keys[start : start + BATCH])
        links, rows = {}, {}
        for row, account_id, key in self.wanted:
            rows[account_id] = row
            if key in found:
                links[account_id] = found[key][0].pk
            else:
                self._tell(row, _("Imported without its parent, whose own row was rejected."))
        for account_id in bulk.attach_to_parents(links):
            self._tell(
                rows[account_id], _("A client cannot be a subsidiary of itself or of its own subsidiary.")
            )

    def _tell(self, row: int, reason: str) -> None:
        column = self.importer.layout.column_of.get("parent", "parent")
        self.importer.outcome.add_problem(Problem(row, column, reason))

    def _look_ahead(self) -> None:
        """All names of the file and, of the parents it names, those we have already."""
        layout, parents = self.importer.layout, set()
        for rows in batches(self.importer.work.table.rows(), BATCH):
            for row in rows:
                record = layout.record(row)
                self.in_file.add(name_key(record.text("name")))
                if record.has("parent"):
                    parents.add(name_key(record.text("parent")))
        keys = sorted(parents)
        for start in range(0, len(keys), BATCH):
            for key, found in self.importer.named(keys[start : start + BATCH]).items():
                self.existing[key] = found[0].pk
