import json
from dataclasses import asdict
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm import demo
from crm.seeding import seed, seed_billing


class Command(BaseCommand):
    help = "Add synthetic clients and deals at any size, for trying the house at scale: manage.py seed --deals 100000"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--deals", type=int, required=True)
        parser.add_argument("--clients", type=int, help="a tenth of the deals unless told")
        parser.add_argument("--invoices", type=int, default=0, help="none unless told")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("Invented clients do not belong among real ones: seeding needs demo settings.")
        deals = options["deals"]
        clients = options["clients"] if options["clients"] is not None else max(1, deals // 10)
        if deals < 1 or clients < 1 or options["invoices"] < 0:
            raise CommandError("Ask for at least one deal and one client.")
        started, now = monotonic(), timezone.now()
        demo.load(now=now)
        figures = asdict(seed(deals=deals, clients=clients, seed=options["seed"], now=now))
        if options["invoices"]:
            billed = seed_billing(invoices=options["invoices"], seed=options["seed"], now=now)
            figures |= asdict(billed)
        self.stdout.write(json.dumps(figures | {"seconds": round(monotonic() - started, 1)}))
