from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """The orders of the list, as keyset paging says them. Built beside the running work, locking nothing."""

    atomic = False
    dependencies = [("deals", "0002_stage_passage")]
    operations = [
        AddIndexConcurrently(
            "deal",
            models.Index(F("base_amount").desc(nulls_last=True), F("id").desc(), name="deal_by_worth"),
        ),
        AddIndexConcurrently(
            "deal",
            models.Index(
                fields=["expected_close_on", "id"], name="deal_by_expected_close", condition=Q(state="open")
            ),
        ),
        RemoveIndexConcurrently("deal", "deal_by_amount"),
    ]
