from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Apart, and without a transaction, so that building the index of a million deals locks nobody out."""

    atomic = False
    dependencies = [("deals", "0009_custom_fields")]
    operations = [
        AddIndexConcurrently(
            "deal", GinIndex(fields=["custom"], name="deal_custom", opclasses=["jsonb_path_ops"])
        )
    ]
