"""`manage.py process_log FILE [--json] [--graph FILE.json]`: what an event log says. No database is needed."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.graph.model import Graph
from processes.mining.conformance import Conformance, conformance_of
from processes.mining.delimited import Columns
from processes.mining.discovery import NOISE, Model, model_of
from processes.mining.figures import Figures, figures_of
from processes.mining.heat import heat_of, stays_of
from processes.mining.log import Log, moment_of
from processes.mining.reading import read_log
from processes.mining.showing import Shown, page_of

REFUSED = 2
WIDEST = 70
LARGEST = 16 * 2**20  # of a graph's file


class Command(BaseCommand):
    help = "Read an event log (XES or a table, packed or not) and print what it says: ways, waiting, rework."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a .xes, .xes.gz, .csv or .csv.gz file")
        parser.add_argument("--json", action="store_true", help="everything, as one JSON value")
        parser.add_argument(
            "--graph", type=Path, help="a process's graph in JSON: how far the log keeps to it"
        )
        parser.add_argument(
            "--noise", type=float, default=NOISE, help="share of the strongest arc to be drawn"
        )
        parser.add_argument("--end", action="append", metavar="ACTIVITY", help="an activity that ends a case")
        parser.add_argument("--zone", default="UTC", help="the time zone of a table's moments")
        for column in fields(Columns):
            parser.add_argument(f"--{column.name}", default="", metavar="COLUMN", help="of a table")

    def handle(self, *_args: Any, **options: Any) -> None:
        columns = Columns(**{column.name: options[column.name] for column in fields(Columns)})
        try:
            log = read_log(options["file"], columns, options["zone"])
            figures = figures_of(log, ends=options["end"])
            found = conformance_of(log, graph_in(options["graph"])) if options["graph"] else None
            if options["json"]:
                self.stdout.write(_json(log, figures, model_of(log, options["noise"]), found))
                return
            self.stdout.write("\n".join(_lines(figures, found)))
        except Refused as refusal:
            self.stdout.write(json.dumps({"error": refusal.message}, ensure_ascii=False))
            raise SystemExit(REFUSED) from refusal


def graph_in(path: Path) -> Graph:
    """A graph as `Graph.to_json` writes it; Refused for anything else."""
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(_("The file “%(name)s” is too large for a process.") % {"name": path.name})
        return Graph.from_json(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Refused(_("The file “%(name)s” cannot be read.") % {"name": path.name}) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(_("The file “%(name)s” holds no process.") % {"name": path.name}) from error


def _json(log: Log, figures: Figures, model: Model, found: Conformance | None) -> str:
    heat = heat_of(stays_of(log), at=moment_of(log.last))
    told = figures.to_json() | {
        "model": model.to_json(),
        "heat": [each.to_json() for each in heat.values()],
        "conformance": None if found is None else found.to_json(),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _lines(figures: Figures, found: Conformance | None) -> Iterator[str]:
    page = page_of(figures, found)
    for tile in page.tiles:
        yield f"{tile.label}: {tile.number}" + (f" ({tile.note})" if tile.note else "")
    yield f"{figures.cases.first_at} – {figures.cases.last_at}"
    yield ""
    yield page.finding
    yield from page.notes
    for table in page.tables:
        yield ""
        yield from _table(table)


def _table(table: Shown) -> Iterator[str]:
    yield table.title.upper()
    if table.note:
        yield table.note
    heads = [head for head, _is_number in table.heads]
    texts = [heads, *([_cut(cell.text) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    numeric = [is_number for _head, is_number in table.heads]
    for line in texts:
        cells = zip(line, widths, numeric, strict=True)
        yield "  ".join(
            text.rjust(width) if is_number else text.ljust(width) for text, width, is_number in cells
        ).rstrip()
    if table.hidden:
        yield _("… and %(n)s more") % {"n": table.hidden}


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
