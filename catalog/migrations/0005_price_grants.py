from django.db import migrations

ROLES = ("head", "administrator")


def grant(apps, schema_editor):
    """Roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for role in Role.objects.filter(key__in=ROLES):
        Grant.objects.get_or_create(role=role, verb="catalog.change_prices", defaults={"scope": "all"})


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_prices")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
