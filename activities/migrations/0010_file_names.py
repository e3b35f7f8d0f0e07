"""Files are found by their names. Those there are get their search text in batches, before the index is made."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models, transaction

from foundation.search_text import normalised

BATCH = 5_000


def fill(apps, schema_editor):
    Attachment = apps.get_model("activities", "Attachment")
    after = 0
    while True:
        rows = list(Attachment.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "name")[:BATCH])
        if not rows:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE activities_attachment SET search_text = said.words FROM unnest(%s::bigint[], %s::text[]) "
                "AS said (key, words) WHERE said.key = id",
                [[key for key, _name in rows], [normalised(name) for _key, name in rows]],
            )
        after = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activities", "0009_message_tasks")]
    operations = [
        migrations.AddField("attachment", "search_text", models.TextField(editable=False, db_default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "attachment",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search_text"), name="gin_trgm_ops"),
                name="attachment_search",
            ),
        ),
    ]
