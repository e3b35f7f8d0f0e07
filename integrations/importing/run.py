"""Running an import: the whole file in one transaction, or a look at what it would do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from changes.models import ChangeKind, ChangeSet
from changes.recording import change_set
from integrations.importing.accounts import AccountImport
from integrations.importing.base import Importer, Work
from integrations.importing.calls import CallImport
from integrations.importing.contacts import ContactImport
from integrations.importing.deals import DealImport
from integrations.importing.invoice_lines import InvoiceLineImport
from integrations.importing.invoices import InvoiceImport
from integrations.importing.meetings import MeetingImport
from integrations.importing.outcome import Outcome, RejectedRows
from integrations.importing.payments import PaymentImport
from integrations.importing.prices import PriceImport
from integrations.importing.products import ProductImport
from integrations.importing.tasks import TaskImport
from integrations.importing.users import UserImport
from integrations.mapping import Mapping, MappingError, checked
from integrations.tables import Table

IMPORTERS: dict[str, type[Importer]] = {
    each.entity: each
    for each in (
        UserImport,
        ProductImport,
        AccountImport,
        ContactImport,
        DealImport,
        TaskImport,
        MeetingImport,
        CallImport,
        PriceImport,
        InvoiceImport,
        InvoiceLineImport,
        PaymentImport,
    )
}


@dataclass(frozen=True)
class Checked:
    """What an import did or would do, the rows it rejected, and the change-set it was where anything was written."""

    outcome: Outcome
    rejected_rows: RejectedRows
    change_set: ChangeSet | None = None


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
    """All accepted rows or, where anything unexpected happens, none; as one change-set."""
    title = _("Import of %(name)s") % {"name": table.name}
    with change_set(ChangeKind.IMPORT, title=title[:200], by=by, at=at) as changes:
        _look_up_by_indexes()
        found = _run(table, mapping, entity, by=by, at=at, is_dry_run=False, progress=progress)
    return replace(found, change_set=changes.change_set)


def _look_up_by_indexes() -> None:
    """Until the transaction ends. Nothing is known of rows nobody has committed: the planner would take tables that
    grow beneath it for small ones and read all of them for each batch, so that a file twice as long took four times.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")


def _run(table: Table, mapping: Mapping, entity: str, *, by: Any, at: datetime, **how: Any) -> Checked:
    importer = importer_of(entity)
    mapping = checked(mapping, entity=entity, headers=table.headers, fields=importer.fields)
    rejected = RejectedRows(table.headers)
    work = Work(mapping=mapping, table=table, by=by, at=at, rejected_rows=rejected, **how)
    importer(work).run()
    return Checked(work.outcome, rejected)
