from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Global search knows the key and not the system. Built beside the running work."""

    atomic = False
    dependencies = [("integrations", "0003_activity_files")]
    operations = [
        AddIndexConcurrently("externalid", models.Index(fields=["key"], name="external_id_key")),
    ]
