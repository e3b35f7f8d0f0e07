from django.db import migrations

ROLES = ("head", "accountant", "administrator")


def grant(apps, schema_editor):
    """Roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for role in Role.objects.filter(key__in=ROLES):
        Grant.objects.get_or_create(role=role, verb="catalog.view_costs", defaults={"scope": "all"})


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_catalogue"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
