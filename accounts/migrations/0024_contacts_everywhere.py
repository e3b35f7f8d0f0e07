from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0023_hand_overs")]
    operations = [
        AddIndexConcurrently(
            "contact", models.Index(fields=["sort_key", "id"], name="contact_everywhere_by_name")
        ),
        AddIndexConcurrently(
            "contact", models.Index(fields=["-created_at", "-id"], name="contact_everywhere_by_age")
        ),
    ]
