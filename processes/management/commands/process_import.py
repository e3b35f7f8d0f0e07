"""`manage.py process_import FILE`: says what of a BPMN file is executed, kept or refused; with --save, keeps drafts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.bpmn.reading import File, read
from processes.bpmn.report import Verdict, as_json
from processes.bpmn.xml import MOST_BYTES
from processes.operations import import_graph
from users.models import User

RIGHT = "processes.design"


class Command(BaseCommand):
    help = "Read a BPMN 2.0 file and say what of it is executed, kept or refused. Needs no database without --save."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--save", action="store_true", help="keep each process of the file as a draft")
        parser.add_argument("--as", dest="email", help="with --save: act as the person with this e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            file = read(_content(options["file"]))
            saved = _saved(file, options["email"]) if options["save"] else None
        except Refused as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": refusal.message}, ensure_ascii=False))
            else:
                self.stderr.write(refusal.message)
            raise SystemExit(2) from None
        if options["json"]:
            self.stdout.write(json.dumps(described(file, saved), ensure_ascii=False))
        else:
            self._tell(file, saved)

    def _tell(self, file: File, saved: list[str] | None) -> None:
        for model in file.models:
            counted = _("%(name)s: %(nodes)s nodes, %(flows)s flows")
            about = {"name": model.name, "nodes": len(model.graph.nodes), "flows": len(model.graph.flows)}
            self.stdout.write(counted % about)
        headings = {
            Verdict.EXECUTED: _("Executed"),
            Verdict.KEPT: _("Kept, not executed"),
            Verdict.REFUSED: _("Refused: to be replaced before the process can be published"),
        }
        for verdict, heading in headings.items():
            entries = [entry for entry in file.report if entry.verdict is verdict]
            self.stdout.write(f"\n{heading} ({len(entries)})")
            for entry in entries:
                name = " ".join(entry.name.split()) or entry.element
                self.stdout.write(f"  {entry.kind} {name}: {entry.sentence}")
        for key in saved or ():
            self.stdout.write(_("Kept as the draft %(key)s.") % {"key": key})


def described(file: File, saved: list[str] | None) -> dict[str, Any]:
    """The report as JSON: executed, kept, refused, their counts, and the size of each process."""
    processes: list[dict[str, Any]] = [
        {
            "key": model.key,
            "name": model.name,
            "nodes": len(model.graph.nodes),
            "flows": len(model.graph.flows),
            "sha256": model.graph.sha256,
        }
        for model in file.models
    ]
    found = as_json(file.report) | {
        "processes": processes,
        "nodes": sum(each["nodes"] for each in processes),
        "flows": sum(each["flows"] for each in processes),
    }
    return found | ({"saved": saved} if saved is not None else {})


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as fault:
        raise Refused(_("The file cannot be opened: %(fault)s.") % {"fault": fault.strerror}) from None


def _saved(file: File, email: str | None) -> list[str]:
    """The keys of the drafts: all of them, or none."""
    by, at = _designer(email), timezone.now()
    with transaction.atomic():
        return [
            import_graph(model.name, model.graph, file.extras_of(model), by=by, at=at).key
            for model in file.models
            if not model.is_empty
        ]


def _designer(email: str | None) -> User:
    address = (email or "").strip().lower()
    person = User.objects.with_policy().filter(email=address, is_active=True).first()
    if person is None:
        raise Refused(_("Say with --as the e-mail of the person who keeps the drafts."))
    if not person.may(RIGHT):
        raise Refused(_("%(name)s may not draw processes.") % {"name": person.name})
    return person
