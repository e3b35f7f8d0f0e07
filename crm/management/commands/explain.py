from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.facts import catalogue
from foundation.wiring import explained


class Command(BaseCommand):
    help = "Print who reacts to a fact, or to every fact: manage.py explain [deal.won]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fact", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = catalogue()
        wanted = [options["fact"]] if options["fact"] else list(facts)
        for name in wanted:
            if name not in facts:
                raise CommandError(f"No fact is called {name}. There are: {', '.join(facts)}.")
            self.stdout.write("\n".join(explained(facts[name])))
