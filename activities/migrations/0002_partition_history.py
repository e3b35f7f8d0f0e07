from django.db import migrations

from foundation.partitions import ensure_coming_months, partition_history

TABLES = ("activities_taskhistory", "activities_meetinghistory")


def prepare(apps, schema_editor):
    """This month and the next two, so that nothing new lands in the default partitions."""
    ensure_coming_months()


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("deals", "0005_funnel_by_month")]
    operations = [
        *[migrations.RunSQL(partition_history(table), migrations.RunSQL.noop) for table in TABLES],
        migrations.RunPython(prepare, migrations.RunPython.noop),
    ]
