from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart, and without a transaction, so that building the index of a large table locks nobody out."""

    atomic = False
    dependencies = [("accounts", "0015_completeness")]
    operations = [
        AddIndexConcurrently(
            "account",
            models.Index(fields=["owner", "completeness", "id"], name="account_by_completeness"),
        ),
    ]
