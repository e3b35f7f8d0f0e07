from django.db import migrations

GRANTS = {"head": "all", "administrator": "all"}


def grant(apps, schema_editor):
    """Changing many records at once: roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, scope in GRANTS.items():
        for role in Role.objects.filter(key=key):
            Grant.objects.get_or_create(role=role, verb="changes.bulk_edit", defaults={"scope": scope})


class Migration(migrations.Migration):
    dependencies = [("changes", "0001_initial"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
