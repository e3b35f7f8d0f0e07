"""`manage.py report KEY [--json] [--param name=value] [--as EMAIL]`, `manage.py report --list [--json]`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from foundation.errors import Refused
from reports.readers import Reader
from reports.registry import Report, all_reports, find_report
from reports.tables import Table, records
from users.models import User

REFUSED = 2


class Command(BaseCommand):
    help = "Print a report's rows, or with --list the reports there are. The robot reads unless --as names a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="?", help="which report; --list names them")
        parser.add_argument("--list", action="store_true", help="name the reports and their parameters")
        parser.add_argument("--json", action="store_true", help="machine-readable, one JSON value")
        parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="read with this person's rights")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            text = self._listed(options) if options["list"] else self._answered(options)
        except Refused as refusal:
            self.stdout.write(json.dumps({"error": refusal.message}, ensure_ascii=False))
            raise SystemExit(REFUSED) from refusal
        self.stdout.write(text)

    def _listed(self, options: dict[str, Any]) -> str:
        if options["json"]:
            return _json([_described(each) for each in all_reports()])
        return "\n".join(f"{each.key:<20} {each.title}. {each.description}" for each in all_reports())

    def _answered(self, options: dict[str, Any]) -> str:
        if not options["key"]:
            raise Refused("Name a report, or use --list to see which there are.")
        report = find_report(options["key"])
        reader = Reader(_person(options["email"]))
        asked = dict(_pair(text) for text in options["param"])
        table = report.answer(reader, asked)
        if not options["json"]:
            return _as_text(table)
        return _json(
            {
                "key": report.key,
                "title": str(report.title),
                "params": {each.key: asked.get(each.key, each.default) for each in report.parameters},
                "columns": [
                    {"key": each.key, "title": str(each.title), "kind": each.kind.value}
                    for each in table.columns
                ],
                "rows": list(records(table)),
                "notes": [str(note) for note in table.notes],
            }
        )


def _person(email: str | None) -> Any:
    if email is None:
        return User.objects.robot()
    person = User.objects.with_policy().filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise Refused(f"Nobody signs in as “{email}”.")
    if not person.may("reports.view"):
        raise Refused(f"{person.name} may not see reports.")
    return person


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise Refused(f"“{text}” is not a parameter. Write it as name=value.")
    return name, value


def _described(report: Report) -> dict[str, Any]:
    return {
        "key": report.key,
        "title": str(report.title),
        "group": str(report.group),
        "description": str(report.description),
        "params": [
            {
                "key": each.key,
                "title": str(each.title),
                "kind": each.kind,
                "default": each.default,
                **({"choices": [key for key, _title in each.options]} if hasattr(each, "options") else {}),
            }
            for each in report.parameters
        ],
    }


def _as_text(table: Table) -> str:
    heads = [str(column.title) for column in table.columns]
    cells = [["" if value is None else str(value) for value in record.values()] for record in records(table)]
    widths = [max(len(line[at]) for line in [heads, *cells]) for at in range(len(heads))]
    numeric = [column.kind.value not in ("text", "date") for column in table.columns]

    def line(texts: list[str]) -> str:
        padded = (
            text.rjust(w) if end else text.ljust(w)
            for text, w, end in zip(texts, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([line(heads), *map(line, cells), "", *(str(note) for note in table.notes)])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
