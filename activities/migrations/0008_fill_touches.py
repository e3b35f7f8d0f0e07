"""When the clients of deals were last touched and are met next, for the activities there are. In batches, so that
nobody waits; the history does not notice."""

from django.db import connection, migrations, transaction

BATCH = 20_000
NEXT = "SELECT max(id) FROM (SELECT id FROM deals_deal WHERE id > %s ORDER BY id LIMIT %s) AS batch"
FILL = """
    WITH said AS (
        SELECT deal_id, max(last_at) AS last_at, min(meeting_at) AS meeting_at FROM (
            SELECT deal_id, at AS last_at, NULL::timestamptz AS meeting_at FROM activities_call
            WHERE result = 'reached' AND deal_id > %(after)s AND deal_id <= %(last)s
            UNION ALL
            SELECT deal_id, at, NULL FROM activities_message WHERE deal_id > %(after)s AND deal_id <= %(last)s
            UNION ALL
            SELECT meeting.deal_id, CASE WHEN held.held_at IS NOT NULL THEN held.starts_at END,
                   CASE WHEN held.held_at IS NULL AND held.starts_at >= now() THEN held.starts_at END
            FROM activities_meeting AS meeting JOIN activities_occurrence AS held ON held.meeting_id = meeting.id
            WHERE NOT held.is_cancelled AND meeting.deal_id > %(after)s AND meeting.deal_id <= %(last)s
        ) AS told GROUP BY deal_id)
    UPDATE deals_deal SET last_touch_at = said.last_at, next_meeting_at = said.meeting_at
    FROM said WHERE said.deal_id = deals_deal.id
"""


def fill(apps, schema_editor):
    after = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT, [after, BATCH])
            (last,) = cursor.fetchone()
            if last is None:
                return
            cursor.execute(FILL, {"after": after, "last": last})
        after = last


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("activities", "0007_projects"), ("deals", "0011_touches")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
