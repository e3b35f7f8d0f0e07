from django.db import migrations

from foundation.partitions import ensure_coming_months

# A delivery for every event that a process waits for: as a beginning, or in a run about one of its records. Only the
# database sees all of them, those of imports too, and for the many that nobody waits for nothing is written.
HEAR = """
    CREATE FUNCTION processes_hear() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO foundation_delivery (event_id, event_at, handler, due_at, attempts, error)
        SELECT told.id, told.at, 'processes.handlers.heard', clock_timestamp(), 0, ''
        FROM told
        WHERE EXISTS (SELECT FROM processes_trigger AS start
                      WHERE start.fact = told.name AND start.is_on AND start.kind = 'fact')
           OR EXISTS (SELECT FROM jsonb_each_text(told.payload) AS said
                      JOIN processes_subscription AS waiting
                        ON waiting.subject_kind = regexp_replace(said.key, '_id$', '')
                       AND waiting.subject_id::text = said.value
                       AND waiting.fact IN (told.name, '*')
                      WHERE said.key LIKE '%\\_id')
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER processes_hear AFTER INSERT ON foundation_event
        REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION processes_hear();
"""
DEAF = "DROP TRIGGER processes_hear ON foundation_event; DROP FUNCTION processes_hear()"

FINAL = """
    CREATE FUNCTION processes_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'A published version never changes.';
    END $$;
    CREATE TRIGGER processes_published_is_final BEFORE UPDATE ON processes_version
        FOR EACH ROW EXECUTE FUNCTION processes_published_is_final();
"""
NOT_FINAL = "DROP TRIGGER processes_published_is_final ON processes_version; DROP FUNCTION processes_published_is_final()"

MONTHS = """
    ALTER TABLE processes_steplog RENAME TO processes_steplog_plain;
    CREATE TABLE processes_steplog (LIKE processes_steplog_plain INCLUDING DEFAULTS INCLUDING IDENTITY)
        PARTITION BY RANGE (at);
    DROP TABLE processes_steplog_plain;
    ALTER TABLE processes_steplog ADD PRIMARY KEY (id, at);
    CREATE TABLE processes_steplog_default PARTITION OF processes_steplog DEFAULT;
    CREATE INDEX step_of_run ON processes_steplog (run_id, at);
    CREATE INDEX step_of_node ON processes_steplog (process_id, node, at DESC);
"""


def make_months(apps, schema_editor):
    """This month and the next two, so that nothing new lands in the default partition."""
    ensure_coming_months()


class Migration(migrations.Migration):
    dependencies = [("processes", "0001_initial"), ("foundation", "0004_delivery_names")]
    operations = [
        migrations.RunSQL(MONTHS, migrations.RunSQL.noop),
        migrations.RunPython(make_months, migrations.RunPython.noop),
        migrations.RunSQL(HEAR, DEAF),
        migrations.RunSQL(FINAL, NOT_FINAL),
    ]
