"""Running an import: the whole file in one transaction, or a look at what it would do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from integrations.importing.accounts import AccountImport
from integrations.importing.base import Importer, Work
from integrations.importing.calls import CallImport
from integrations.importing.deals import DealImport
from integrations.importing.meetings import MeetingImport
from integrations.importing.outcome import Outcome, RejectedRows
from integrations.importing.products import ProductImport
from integrations.importing.tasks import TaskImport
from integrations.importing.users import UserImport
from integrations.mapping import Mapping, MappingError, checked
from integrations.tables import Table

IMPORTERS: dict[str, type[Importer]] = {
    each.entity: each
    for each in (UserImport, ProductImport, AccountImport, DealImport, TaskImport, MeetingImport, CallImport)
}


@dataclass(frozen=True)
class Checked:
    """What an import did or would do, and the rows it rejected."""

    outcome: Outcome
    rejected_rows: RejectedRows


def importer_of(entity: str) -> type[Importer]:
    try:
        return IMPORTERS[entity]
    except KeyError:
        known = ", ".join(IMPORTERS)
        raise MappingError(
            _("Imports know %(known)s, not “%(name)s”.") % {"known": known, "name": entity}
        ) from None


def check(
    table: Table, mapping: Mapping, entity: str, *, by: Any, at: datetime, row_limit: int | None = None
) -> Checked:
    """The same answers as the import itself, without writing anything."""
    return _run(table, mapping, entity, by=by, at=at, is_dry_run=True, row_limit=row_limit)


def import_table(
    table: Table,
    mapping: Mapping,
    entity: str,
    *,
    by: Any,
    at: datetime,
    progress: Callable[[int], None] = lambda rows: None,
) -> Checked:
    """All accepted rows or, where anything unexpected happens, none."""
    with transaction.atomic(), pghistory.context(user=by.pk, imported=table.name):
        return _run(table, mapping, entity, by=by, at=at, is_dry_run=False, progress=progress)


def _run(table: Table, mapping: Mapping, entity: str, *, by: Any, at: datetime, **how: Any) -> Checked:
    importer = importer_of(entity)
    mapping = checked(mapping, entity=entity, headers=table.headers, fields=importer.fields)
    rejected = RejectedRows(table.headers, _("Why the row was rejected"))
    work = Work(mapping=mapping, table=table, by=by, at=at, rejected_rows=rejected, **how)
    importer(work).run()
    return Checked(work.outcome, rejected)
