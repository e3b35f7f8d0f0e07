"""The desk through which lists leave the house: how much, why, in which form; told before the first row goes."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from foundation.errors import Refused
from foundation.facts import tell
from foundation.keyset import CappedCount, capped_count
from foundation.money import number_text
from integrations.exporting.lists import Taken
from integrations.exporting.values import row_texts
from integrations.facts import ListExported
from integrations.importing.outcome import safe

MOST_ROWS = 100_000
FREE_ROWS = 1_000  # above it, why has to be said
CHUNK = 1_000
FORMS = [
    ("local", gettext_lazy("For a spreadsheet in my language")),
    ("plain", gettext_lazy("For another program: commas, decimal points")),
]
BOM = "\ufeff"


class Line:
    """What csv.writer writes to; it keeps one line at a time."""

    def write(self, text: str) -> str:
        return text


def how_many(wanted: Taken) -> CappedCount:
    return capped_count(wanted.rows, FREE_ROWS)


def export(wanted: Taken, *, form: str, reason: str, by: Any, at: datetime) -> Iterator[bytes]:
    """The file in pieces. Refused, before anything goes, where there are too many rows or nobody says why."""
    count = capped_count(wanted.rows, MOST_ROWS)
    if not count.is_exact:
        raise Refused(
            _("A file takes at most %(most)s rows. Narrow the list by a filter.")
            % {"most": number_text(MOST_ROWS, by.language)}
        )
    if count.n > FREE_ROWS and not reason.strip():
        raise Refused(
            _("Say what more than %(free)s rows are taken out for.")
            % {"free": number_text(FREE_ROWS, by.language)}
        )
    with transaction.atomic():
        said = {"key": wanted.key, "title": wanted.title, "query": wanted.query[:2000]}
        headings = [each.heading for each in wanted.outputs]
        fact = ListExported(
            **said, person_id=by.pk, rows=count.n, columns=headings, reason=reason.strip()[:500]
        )
        tell(fact, by=by, at=at)
    return _pieces(wanted, is_local=form != "plain")


def _pieces(wanted: Taken, *, is_local: bool) -> Iterator[bytes]:
    """Read by a cursor of the server, so that no file is ever whole in memory; in the words and hours of whoever asked,
    which the middleware has put away by the time a file is sent."""
    mark = "," if is_local and get_format("DECIMAL_SEPARATOR") == "," else "."
    writer = csv.writer(Line(), delimiter=";" if mark == "," else ",")
    language, zone = get_language() or "en", timezone.get_current_timezone()

    def pieces() -> Iterator[bytes]:
        with _spoken(language, zone):
            headings = [safe(each.heading) for each in wanted.outputs]
            yield (BOM + writer.writerow(headings)).encode()
        rows = wanted.rows.iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            with _spoken(language, zone):
                page = wanted.page_of(chunk)
                lines = [writer.writerow(row_texts(wanted.outputs, row, page, mark)) for row in chunk]
            yield "".join(lines).encode("utf-8", "replace")

    return pieces()


@contextmanager
def _spoken(language: str, zone: Any) -> Iterator[None]:
    with override(language), timezone.override(zone):
        yield
