import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_merges"), ("changes", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="merge",
            name="change_set",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merge",
                to="changes.changeset",
            ),
        ),
    ]
