from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart, and without a transaction, so that looking through a million deals locks nobody out."""

    atomic = False
    dependencies = [("deals", "0013_probability")]
    operations = [
        AddIndexConcurrently(
            "deal",
            models.Index(
                fields=["stage", "id"],
                condition=models.Q(state="open", probability__isnull=False),
                name="deal_estimated",
            ),
        ),
        ValidateConstraint("deal", "deal_probability_percent"),
    ]
