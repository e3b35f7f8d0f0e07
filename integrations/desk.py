"""The import desk: takes a file in, says what it would do, and has a worker do it."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from foundation.errors import Refused
from integrations.importing import check, import_table, importer_of
from integrations.importing.base import CONFIGURES
from integrations.importing.outcome import Outcome, without_reason
from integrations.importing.watching import DAY_FIRST, MONTH_FIRST
from integrations.mapping import Mapping, MappingError, automatic, checked, mapping_from, read_mapping
from integrations.models import ImportJob
from integrations.notices import tell_of_import
from integrations.tables import Table, read_table
from integrations.tables.reading import NAMES
from users.models import User

logger = logging.getLogger(__name__)

MAPPINGS = Path(__file__).parent / "mappings"
RIGHT = "integrations.import"
CHECKED_ROWS = 10_000
SAMPLE_ROWS = 20
SHOWN_CHARACTERS = 200
REJECTED = "-rejected"  # how the file of rejected rows is called after the first one
AMBIGUOUS = (DAY_FIRST, MONTH_FIRST)  # said for the whole file, they leave nothing to ask
LOCK = 0x1A9057  # any number of our own: the first half of the advisory lock's key


def receive(upload: Any, entity: str, *, by: Any, at: datetime) -> ImportJob:
    """Keep the file and check it. TableError for a file that is no table; nothing is kept then."""
    importer = importer_of(entity)
    name = Path(str(upload.name)).name[-200:]
    table = read_table(upload, name)
    job = ImportJob(created_by=by, entity=entity, file_name=name, created_at=at)
    job.headers, job.notes = table.headers, [str(each) for each in table.warnings]
    job.sample = [
        [cell[:SHOWN_CHARACTERS].replace("\x00", "\ufffd") for cell in row.cells]
        for row in table.sample(SAMPLE_ROWS)
    ]
    mapping = suggested(job, importer)
    job.mapping, job.outcome = _checked(table, mapping, job, by=by, at=at)
    upload.seek(0)
    content = upload.read()
    job.sha256 = hashlib.sha256(content).hexdigest()
    suffix = Path(name).suffix.lower()
    job.file.save(f"{uuid4().hex}{suffix if suffix in NAMES else ''}", ContentFile(content), save=False)
    job.save()
    return job


def remap(job: ImportJob, mapping: Mapping, *, by: Any, at: datetime) -> None:
    """Read the file in another way and check it again."""
    with job.file.open("rb") as file:
        table = read_table(file, job.file_name)
        kept, outcome = _checked(table, mapping, job, by=by, at=at)
    job.keep_preview(kept, outcome, by=by, at=at)


def suggested(job: ImportJob, importer: Any) -> Mapping:
    """How the person read such a file last, else the mapping kept under the file's name, else by headings."""
    fits: dict[str, Any] = {"entity": job.entity, "headers": job.headers, "fields": importer.fields}
    alike = [job.headers, without_reason(job.headers)]
    last = ImportJob.objects.visible_to(job.created_by).filter(entity=job.entity, headers__in=alike)
    remembered = last.order_by("-pk").values_list("mapping", flat=True).first()
    kept = MAPPINGS / f"{Path(job.file_name).stem.removesuffix(REJECTED)}.json"
    for found in (remembered and mapping_from(remembered), kept.is_file() and read_mapping(kept)):
        try:
            if found:
                return checked(found, **fits)
        except MappingError:
            continue
    return automatic(job.entity, job.headers, importer.fields)


def _checked(
    table: Table, mapping: Mapping, job: ImportJob, *, by: Any, at: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mapping and what an import under it would do, for as many rows as one page may wait for."""
    try:
        if mapping.create_missing and not by.may(CONFIGURES):
            mapping = mapping_from(mapping.as_json() | {"create_missing": []})
        fields = importer_of(job.entity).fields
        mapping = checked(mapping, entity=job.entity, headers=table.headers, fields=fields)
        found = check(table, mapping, job.entity, by=by, at=at, row_limit=CHECKED_ROWS)
        if news := _proved_days(mapping, found.outcome):
            mapping = mapping.with_date_formats(news)
            found = check(table, mapping, job.entity, by=by, at=at, row_limit=CHECKED_ROWS)
    except Refused as refusal:
        return mapping.as_json(), {"error": refusal.message}
    return mapping.as_json(), found.outcome.as_json()


def _proved_days(mapping: Mapping, outcome: Outcome) -> dict[str, str]:
    """{field: which number is the day} where a day of the column, such as 25/04/2025, leaves no other reading."""
    if mapping.date_format in AMBIGUOUS:
        return {}
    return {name: said for name, said in outcome.proved_days.items() if name not in mapping.date_formats}


def confirm(job: ImportJob, *, by: Any, at: datetime) -> None:
    """Queue the import and wake a worker once that is committed."""
    with transaction.atomic():
        job.confirm(by=by, at=at)
        transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask a worker to look; Redis being away loses nothing, since beat asks again within seconds."""
    from integrations.tasks import run_imports

    try:
        run_imports.apply_async(retry=False)
    except Exception:  # any broker trouble is only a lost wake-up
        logger.warning("No worker could be woken; the next beat will.", exc_info=True)


def run_due() -> int:
    """Carry out what is queued, and what a worker left when it died; how many imports were finished."""
    keys = list(ImportJob.objects.due().values_list("pk", flat=True)[:20])
    return sum(_run_alone(pk) for pk in keys)


def _run_alone(pk: int) -> bool:
    """The lock belongs to the connection: it goes when the worker does, and two workers never run one job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk % 2**31])
        if not cursor.fetchone()[0]:
            return False
    try:
        job = ImportJob.objects.due().filter(pk=pk).first()
        if job is None or not job.start(by=job.created_by, at=timezone.now()):
            return False
        return _run(job)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk % 2**31])


def _run(job: ImportJob) -> bool:
    by = User.objects.with_policy().get(pk=job.created_by_id)
    with override(by.language):
        try:
            _import(job, by)
            return True
        except Refused as refusal:
            job.fail(refusal.message, by=by, at=timezone.now())
        except DatabaseError:
            raise  # the server is away or the worker is ending: the job stays due
        except Exception:
            logger.exception("Import %s failed", job.pk)
            job.fail(
                _("The import broke off; nothing was imported. The administrators can see why."),
                by=by,
                at=timezone.now(),
            )
        tell_of_import(job, by=by)
    return False


class Progress:
    """Tells how far an import is over a connection of its own: what its transaction writes nobody sees yet."""

    def __init__(self, job: ImportJob) -> None:
        self.job, self.connection = job, connection.copy()

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, rows: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE integrations_importjob SET rows_done = %s WHERE id = %s", [rows, self.job.pk]
            )

    def __exit__(self, *_error: object) -> None:
        self.connection.close()


def _import(job: ImportJob, by: Any) -> None:
    if not (by.is_active and by.may(RIGHT)):
        raise Refused(_("%(name)s may not import files.") % {"name": by.name})
    mapping, at = mapping_from(job.mapping), timezone.now()
    with Progress(job) as progress, transaction.atomic(), job.file.open("rb") as file:
        table = read_table(file, job.file_name)
        found = import_table(table, mapping, job.entity, by=by, at=at, progress=progress)
        if found.rejected_rows.count:
            job.rejected_rows.save(f"{uuid4().hex}.csv", found.rejected_rows.content(), save=False)
        job.finish(found.outcome.as_json(), change_set=found.change_set, by=by, at=timezone.now())
        tell_of_import(job, by=by)
