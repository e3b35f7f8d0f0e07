from django.db import migrations

PURPOSES = [
    # key, name, only with consent
    ("everyday", "day-to-day contact", False),
    ("news", "news and offers", True),
    ("data", "keeping personal data", True),
]


def make_consent_purposes(apps, schema_editor):
    """The purposes every company begins with; those an administrator added or changed stay as they are."""
    ConsentPurpose = apps.get_model("accounts", "ConsentPurpose")
    for position, (key, name, needs_consent) in enumerate(PURPOSES, 1):
        words = {"name": name, "needs_consent": needs_consent, "position": position * 10}
        ConsentPurpose.objects.get_or_create(key=key, defaults=words)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_consents")]
    operations = [migrations.RunPython(make_consent_purposes, migrations.RunPython.noop)]
