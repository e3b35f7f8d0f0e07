from django.db import migrations

GRANTS = {
    "salesperson": {
        "billing.view": "own",
        "billing.create": "own",
        "billing.change": "own",
        "billing.issue": "own",
        "billing.view_payments": "own",
    },
    "head": {
        "billing.view": "department",
        "billing.create": "department",
        "billing.change": "department",
        "billing.change_prices": "all",
        "billing.issue": "department",
        "billing.approve": "department",
        "billing.credit": "department",
        "billing.view_payments": "department",
        "billing.view_costs": "all",
    },
    "accountant": {
        "billing.view": "all",
        "billing.create": "all",
        "billing.change": "all",
        "billing.issue": "all",
        "billing.credit": "all",
        "billing.view_payments": "all",
        "billing.receive": "all",
        "billing.view_costs": "all",
    },
    "administrator": {
        "billing.view": "all",
        "billing.create": "all",
        "billing.change": "all",
        "billing.change_prices": "all",
        "billing.issue": "all",
        "billing.approve": "all",
        "billing.credit": "all",
        "billing.view_payments": "all",
        "billing.receive": "all",
        "billing.view_costs": "all",
        "billing.configure": "all",
    },
}


def grant(apps, schema_editor):
    """Roles an administrator removed stay removed."""
    Role, Grant = apps.get_model("users", "Role"), apps.get_model("users", "Grant")
    for key, verbs in GRANTS.items():
        for role in Role.objects.filter(key=key):
            for verb, scope in verbs.items():
                Grant.objects.get_or_create(role=role, verb=verb, defaults={"scope": scope})


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("users", "0003_session_series")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
