from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


def index(name: str) -> GinIndex:
    return GinIndex(fields=["custom"], name=name, opclasses=["jsonb_path_ops"])


class Migration(migrations.Migration):
    """Apart, and without a transaction, so that building the indexes of large tables locks nobody out."""

    atomic = False
    dependencies = [("accounts", "0005_custom_fields")]
    operations = [
        AddIndexConcurrently("account", index("account_custom")),
        AddIndexConcurrently("contact", index("contact_custom")),
    ]
