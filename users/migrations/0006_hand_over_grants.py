from django.db import migrations

GRANTS = {"head": "department", "administrator": "all"}


def grant(apps, schema_editor):
    """Handing over what a colleague answers for: roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, scope in GRANTS.items():
        for role in Role.objects.filter(key=key):
            Grant.objects.get_or_create(role=role, verb="users.hand_over", defaults={"scope": scope})


class Migration(migrations.Migration):
    dependencies = [("users", "0005_feature_use")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
