from django.db import migrations

GRANTS = {"head": "department", "administrator": "all"}


def grant(apps, schema_editor):
    """Putting clients into the trash: roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, scope in GRANTS.items():
        for role in Role.objects.filter(key=key):
            Grant.objects.get_or_create(role=role, verb="accounts.delete", defaults={"scope": scope})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_panels"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
