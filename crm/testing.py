"""What the migrations put into an empty database, for tests that commit and so leave none of it behind."""

from importlib import import_module

from django.apps import apps
from django.db import transaction

from users.models import User

# In order: the module of a migration, and what it calls to make rows.
ROWS = [
    ("foundation.migrations.0002_company_calendar", "make_company_calendar"),
    ("users.migrations.0002_roles_and_robot", "make_roles_and_robot"),
    ("activities.migrations.0003_grants", "grant"),
    ("activities.migrations.0005_meetings_held", "grant_own_absences"),
]


def refill() -> None:
    """The rows every installation begins with: the company's calendar, the roles with their rights, the robot."""
    if User.objects.filter(is_robot=True).exists():
        return
    with transaction.atomic():
        for module, function in ROWS:
            getattr(import_module(module), function)(apps, None)
