from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What waits with whom, counted person by person from the index alone. Built beside the running work."""

    atomic = False
    dependencies = [("deals", "0005_funnel_by_month")]
    operations = [
        AddIndexConcurrently(
            "deal",
            models.Index(
                fields=["owner", "next_step_on"],
                include=["stage", "entered_stage_at"],
                condition=Q(state="open"),
                name="deal_open_of_owner",
            ),
        ),
    ]
