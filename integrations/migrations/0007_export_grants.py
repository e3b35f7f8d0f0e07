from django.db import migrations

GRANTS = {"head": "all", "administrator": "all"}


def grant(apps, schema_editor):
    """Taking lists out as files: roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, scope in GRANTS.items():
        for role in Role.objects.filter(key=key):
            Grant.objects.get_or_create(role=role, verb="integrations.export", defaults={"scope": scope})


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_changes_of_imports"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
