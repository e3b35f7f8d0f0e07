from django.db import migrations

from foundation.partitions import ensure_coming_months, partition_history

TABLES = ["deals_dealhistory"]


def make_months(apps, schema_editor):
    """This month and the next two, so that nothing new lands in the default partitions."""
    ensure_coming_months()


class Migration(migrations.Migration):
    dependencies = [("deals", "0003_list_orders"), ("accounts", "0004_partition_history")]
    operations = [
        *[migrations.RunSQL(partition_history(table), migrations.RunSQL.noop) for table in TABLES],
        migrations.RunPython(make_months, migrations.RunPython.noop),
    ]
