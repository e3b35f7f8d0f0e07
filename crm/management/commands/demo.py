from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.demo import load


class Command(BaseCommand):
    help = "Load the demo company into a database in which nobody works yet; otherwise do nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError(
                "The demo company has passwords everybody knows, so it is not loaded with production settings."
            )
        if load(now=timezone.now()):
            self.stdout.write("The demo company is loaded.")
