from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("deals", "0015_trash_grants")]
    operations = [
        AddIndexConcurrently(
            "deal",
            models.Index(
                fields=["owner", "next_step_on"],
                include=["stage", "entered_stage_at", "last_touch_at", "next_meeting_at"],
                condition=models.Q(state="open"),
                name="deal_waiting_of_owner",
            ),
        ),
        RemoveIndexConcurrently("deal", "deal_open_of_owner"),
    ]
