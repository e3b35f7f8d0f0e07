from typing import Any

from django.core.management.base import BaseCommand

from foundation.drain import drain


class Command(BaseCommand):
    help = "Carry out the deliveries that are due, without Celery, and print how many were done."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(drain()))
