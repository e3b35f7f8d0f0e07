"""What the migrations put into an empty database, for tests that commit and so leave none of it behind."""

from importlib import import_module

from django.apps import apps
from django.db import transaction

from users.models import User

# In order: the module of a migration, and what it calls to make rows.
ROWS = [
    ("foundation.migrations.0002_company_calendar", "make_company_calendar"),
    ("users.migrations.0002_roles_and_robot", "make_roles_and_robot"),
    ("users.migrations.0006_hand_over_grants", "grant"),
    ("activities.migrations.0003_grants", "grant"),
    ("activities.migrations.0005_meetings_held", "grant_own_absences"),
    ("deals.migrations.0008_grants", "grant"),
    ("changes.migrations.0002_grants", "grant"),
    ("accounts.migrations.0021_trash_grants", "grant"),
    ("deals.migrations.0015_trash_grants", "grant"),
    ("distribution.migrations.0002_grants", "grant"),
    ("accounts.migrations.0010_relation_kinds", "make_relation_kinds"),
    ("accounts.migrations.0012_consent_purposes", "make_consent_purposes"),
    ("accounts.migrations.0017_completeness_rules", "make_completeness_rules"),
    ("integrations.migrations.0007_export_grants", "grant"),
    ("processes.migrations.0003_grants", "grant"),
    ("billing.migrations.0002_grants", "grant"),
    ("catalog.migrations.0003_grants", "grant"),
    ("catalog.migrations.0005_price_grants", "grant"),
]


def refill() -> None:
    """The rows every installation begins with: the company's calendar, the roles with their rights, the robot."""
    if User.objects.filter(is_robot=True).exists():
        return
    with transaction.atomic():
        for module, function in ROWS:
            getattr(import_module(module), function)(apps, None)
