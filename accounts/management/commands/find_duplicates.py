from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.duplicates.scanning import scan


class Command(BaseCommand):
    help = (
        "Search the whole base for clients that may be one; they are shown at Clients, Possible duplicates."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        done = scan(at=timezone.now())
        if done.is_busy:
            raise CommandError("Another search is at work. Wait until it has ended.")
        took = monotonic() - began
        self.stdout.write(
            f"Pairs compared: {done.compared}. Possible duplicates: {done.found}. {took:.1f} s."
        )
