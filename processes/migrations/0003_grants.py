from django.db import migrations

WORK = {"processes.work": "own", "processes.start": "own", "processes.nudge": "own"}
GRANTS = {
    "salesperson": WORK,
    "support": WORK,
    "accountant": WORK,
    "head": {**WORK, "processes.repair": "department", "processes.design": "own"},
    "administrator": {**WORK, "processes.repair": "all", "processes.design": "all"},
}


def grant(apps, schema_editor):
    """The roles that every installation has from the first; those an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, grants in GRANTS.items():
        for role in Role.objects.filter(key=key):
            Grant.objects.bulk_create(
                [Grant(role=role, verb=verb, scope=scope) for verb, scope in grants.items()],
                ignore_conflicts=True,
            )


class Migration(migrations.Migration):
    dependencies = [("processes", "0002_hearing_and_months"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
