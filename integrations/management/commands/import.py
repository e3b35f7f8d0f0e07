"""`manage.py import ENTITY FILE`: brings a file in and prints one JSON object."""  # noqa: N999 - its name is what people type

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.errors import Refused
from integrations.importing import IMPORTERS, check, import_table, importer_of
from integrations.mapping import Mapping, read_mapping
from integrations.tables import read_table
from users.models import User

MAPPINGS = Path(__file__).resolve().parents[2] / "mappings"
RIGHT = "integrations.import"
DRY_RUN_ROWS = 50_000  # as many as are looked at in seconds, whatever the file


class Command(BaseCommand):
    help = "Import a CSV, TSV, XLSX or vCard file; prints one JSON object with counts and problems."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entity", help=", ".join(IMPORTERS))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", type=Path, help="JSON file; otherwise the one named after the file, if any"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--all-rows", action="store_true", help="a dry run of more than 50,000 rows")
        parser.add_argument("--as", dest="email", help="act with the rights of the person with this e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = self._imported(options)
        except Refused as refusal:
            self.stdout.write(json.dumps({"error": refusal.message}, ensure_ascii=False))
            raise SystemExit(2) from None
        self.stdout.write(json.dumps(outcome, ensure_ascii=False))

    def _imported(self, options: dict[str, Any]) -> dict[str, Any]:
        importer_of(options["entity"])
        by = actor(options["email"])
        mapping = chosen_mapping(options["mapping"], options["file"])
        table = read_table(options["file"])
        how: dict[str, Any] = {"by": by, "at": timezone.now()}
        if not options["dry_run"]:
            found = import_table(table, mapping, options["entity"], **how)
        else:
            most = None if options["all_rows"] else DRY_RUN_ROWS
            found = check(table, mapping, options["entity"], row_limit=most, **how)
        outcome = found.outcome.as_json()
        warnings = [*table.warnings, *found.outcome.warnings, *_left_out(outcome["read"], options)]
        return outcome | ({"warnings": warnings} if warnings else {})


def _left_out(read: int, options: dict[str, Any]) -> list[str]:
    """That a dry run looked at the beginning of a long file only."""
    if not options["dry_run"] or options["all_rows"] or read < DRY_RUN_ROWS:
        return []
    said = ngettext(
        "Only the first %(count)s row was checked; --all-rows checks the whole file.",
        "Only the first %(count)s rows were checked; --all-rows checks the whole file.",
        read,
    )
    return [said % {"count": f"{read:,}"}]


def actor(email: str | None) -> Any:
    """The robot, or the person with the e-mail, who must be active and may import."""
    if not email:
        return User.objects.robot()
    person = User.objects.with_policy().filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise Refused(_("Nobody signs in with the e-mail %(email)s.") % {"email": email})
    if not person.may(RIGHT):
        raise Refused(_("%(name)s may not import files.") % {"name": person.name})
    return person


def chosen_mapping(path: Path | None, file: Path) -> Mapping:
    if path is not None:
        return read_mapping(path)
    named = MAPPINGS / f"{file.stem}.json"
    return read_mapping(named) if named.is_file() else Mapping()
