"""`manage.py process_export KEY`: prints a process as BPMN 2.0 XML."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from foundation.errors import Refused
from processes.bpmn.writing import write
from processes.graph.model import Graph
from processes.operations import exported


class Command(BaseCommand):
    help = "Print a process as BPMN 2.0 XML, with whatever was kept of the file it came from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key")
        parser.add_argument("--to", type=Path, help="write to this file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = exported(options["key"])
            text = write(Graph.from_json(said["graph"]), said["drawing"], key=said["key"], name=said["name"])
        except Refused as refusal:
            self.stderr.write(refusal.message)
            raise SystemExit(2) from None
        if options["to"]:
            options["to"].write_bytes(text)
            self.stdout.write(_("Written to %(path)s.") % {"path": options["to"]})
        else:
            self.stdout.write(text.decode())
