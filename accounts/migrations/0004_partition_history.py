from django.db import migrations

from foundation.partitions import partition_history

TABLES = ["accounts_accounthistory", "accounts_contacthistory"]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_list_order")]
    operations = [migrations.RunSQL(partition_history(table), migrations.RunSQL.noop) for table in TABLES]
