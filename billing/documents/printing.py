"""PDFs of invoices: asked for by a page, made by a worker, made once while the invoice says the same."""

import hashlib
import logging
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from billing.documents.invoice_paper import html_of, paper_of, parts_of
from billing.documents.pdf import Part, pdf_of
from billing.models.invoice_print import InvoicePrint, PrintState

logger = logging.getLogger(__name__)
TRIES, AT_ONCE = 3, 20


def asked(invoice: Any, language: str, *, by: Any, at: datetime) -> InvoicePrint:
    """The print of what the invoice says now: made already, or being made. One that failed is tried anew."""
    paper = paper_of(invoice, language=language)
    html, code = html_of(paper), str(paper.code)
    logo = paper.logo.content if paper.logo else b""
    fingerprint = hashlib.sha256(b"\0".join([html.encode(), code.encode(), logo])).hexdigest()
    said = {"html": html, "code": code, "asked_at": at, "asked_by": by}
    mine, is_new = InvoicePrint.objects.get_or_create(
        invoice=invoice, language=paper.language, fingerprint=fingerprint, defaults=said
    )
    if mine.is_failed:
        again = InvoicePrint.objects.filter(pk=mine.pk, state=PrintState.FAILED)
        is_new = bool(again.update(**said, state=PrintState.WAITING, tries=0))
        mine.refresh_from_db()
    if is_new:
        transaction.on_commit(wake, robust=True)
    return mine


def made_now(invoice: Any, language: str, *, by: Any, at: datetime) -> InvoicePrint:
    """The same where there is time to wait for it: in a worker."""
    mine = asked(invoice, language, by=by, at=at)
    if mine.state == PrintState.WAITING:
        _make(mine.pk, is_patient=True)
        mine.refresh_from_db()
    return mine


def wake() -> None:
    """Ask a worker to look; Redis being away loses nothing, since beat asks again within seconds."""
    from billing.tasks import make_prints

    try:
        make_prints.apply_async(retry=False)
    except Exception:  # any broker trouble is only a lost wake-up
        logger.warning("No worker could be woken; the next beat will.", exc_info=True)


def make_due() -> int:
    """Make what waits; how many were made."""
    keys = list(
        InvoicePrint.objects.filter(state=PrintState.WAITING)
        .order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    return sum(_make(pk) for pk in keys)


def _make(pk: int, *, is_patient: bool = False) -> bool:
    """Its row is locked meanwhile: of two workers one makes it, and one that dies leaves it waiting."""
    try:
        with transaction.atomic():
            waiting = InvoicePrint.objects.select_for_update(skip_locked=not is_patient, of=("self",))
            mine = (
                waiting.select_related("invoice__legal_entity")
                .filter(pk=pk, state=PrintState.WAITING)
                .first()
            )
            if mine is None:
                return False
            _write(mine)
            return True
    except DatabaseError:
        raise  # the server is away or the worker is ending: it waits still
    except Exception:
        logger.exception("Print %s failed", pk)
        InvoicePrint.objects.filter(pk=pk).update(tries=F("tries") + 1)
        InvoicePrint.objects.filter(pk=pk, tries__gte=TRIES).update(state=PrintState.FAILED)
        return False


def _write(mine: InvoicePrint) -> None:
    entity = mine.invoice.legal_entity
    logo = Part(bytes(entity.logo), entity.logo_type) if entity.logo else None
    content = pdf_of(mine.html, parts=parts_of(mine.code, logo))
    mine.file.save(f"{uuid4().hex}.pdf", ContentFile(content), save=False)
    mine.size, mine.digest = len(content), hashlib.sha256(content).hexdigest()
    mine.state, mine.html, mine.code, mine.made_at = PrintState.READY, "", "", timezone.now()
    try:
        mine.save()
    except BaseException:
        mine.file.storage.delete(str(mine.file.name))
        raise


def name_of(invoice: Any, title: str) -> str:
    """What the file is called where it is saved."""
    said = "".join(each if each.isalnum() or each in "-_." else "-" for each in f"{title}".replace(" ", "-"))
    return f"{said.strip('-')[:80] or invoice.pk}.pdf"
