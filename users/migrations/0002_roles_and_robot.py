from django.contrib.auth.hashers import make_password
from django.db import migrations

ROLES = {
    "salesperson": (
        "Salesperson",
        {
            "accounts.view": "own",
            "accounts.create": "own",
            "accounts.change": "own",
            "catalog.view": "all",
            "deals.view": "own",
            "deals.create": "own",
            "deals.change": "own",
            "deals.move": "own",
            "reports.view": "own",
            "users.view": "department",
        },
    ),
    "head": (
        "Head of department",
        {
            "accounts.assign": "department",
            "accounts.change": "department",
            "accounts.create": "department",
            "accounts.view": "department",
            "catalog.change": "all",
            "catalog.view": "all",
            "deals.assign": "department",
            "deals.change": "department",
            "deals.create": "department",
            "deals.move": "department",
            "deals.view": "department",
            "integrations.import": "department",
            "reports.view": "department",
            "users.view": "department",
        },
    ),
    "support": ("Support agent", {"accounts.view": "all", "catalog.view": "all", "users.view": "all"}),
    "accountant": (
        "Accountant",
        {
            "accounts.view": "all",
            "catalog.view": "all",
            "deals.view": "all",
            "reports.view": "all",
            "users.view": "all",
        },
    ),
    "administrator": (
        "Administrator",
        dict.fromkeys(
            (
                "accounts.assign",
                "accounts.change",
                "accounts.create",
                "accounts.view",
                "admin.configure",
                "catalog.change",
                "catalog.view",
                "deals.assign",
                "deals.change",
                "deals.create",
                "deals.move",
                "deals.view",
                "integrations.import",
                "reports.view",
                "users.view",
            ),
            "all",
        ),
    ),
}


def make_roles_and_robot(apps, schema_editor):
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, (name, grants) in ROLES.items():
        role = Role.objects.create(key=key, name=name)
        Grant.objects.bulk_create(Grant(role=role, verb=verb, scope=scope) for verb, scope in grants.items())
    apps.get_model("users", "User").objects.create(
        name="Robot",
        is_robot=True,
        email=None,
        password=make_password(None),
        sort_key="robot",
        search_text="robot",
    )


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial")]
    operations = [migrations.RunPython(make_roles_and_robot, migrations.RunPython.noop)]
