from django.db import migrations

OWN = dict.fromkeys(["activities.view", "activities.create", "activities.change"], "own")
GRANTS = {
    "salesperson": OWN,
    "support": OWN,
    "accountant": OWN,
    "head": dict.fromkeys(
        [*OWN, "activities.assign", "activities.plan", "activities.absences"], "department"
    ),
    "administrator": dict.fromkeys(
        [*OWN, "activities.assign", "activities.plan", "activities.absences"], "all"
    ),
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
    dependencies = [("activities", "0002_partition_history"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
