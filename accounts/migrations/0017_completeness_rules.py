from django.db import migrations

RULES = [
    # role, field, weight, required
    ("", "phone", 15, False),
    ("", "email", 10, False),
    ("", "contact", 20, True),
    ("", "source", 10, False),
    ("client", "position", 10, False),
    ("client", "industry", 10, False),
    ("client", "address", 10, False),
    ("client", "tax_number", 15, False),
    ("supplier", "tax_number", 15, False),
    ("supplier", "website", 5, False),
]


def make_completeness_rules(apps, schema_editor):
    """What counts until an administrator says otherwise; a worker counts the clients there are."""
    CompletenessRule = apps.get_model("accounts", "CompletenessRule")
    for role, field, weight, is_required in RULES:
        words = {"weight": weight, "is_required": is_required}
        CompletenessRule.objects.get_or_create(role=role, field=field, defaults=words)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_completeness_index")]
    operations = [migrations.RunPython(make_completeness_rules, migrations.RunPython.noop)]
