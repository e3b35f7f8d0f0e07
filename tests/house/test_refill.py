"""Tests that commit give the next one the rows of every migration that makes any."""

from django.conf import settings
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from crm.testing import ROWS

# These make tables, which stay.
TABLES = {
    ("foundation.migrations.0001_initial", "make_cache_table"),
    ("activities.migrations.0002_partition_history", "prepare"),
    ("deals.migrations.0004_partition_history", "make_months"),
    ("processes.migrations.0002_hearing_and_months", "make_months"),
}

# These fill from rows that were there before: an empty database has none.
FILLED = {
    ("accounts.migrations.0008_fill_match_keys", "fill"),
    ("activities.migrations.0008_fill_touches", "fill"),
    ("activities.migrations.0010_file_names", "fill"),
}


def test_every_row_a_migration_makes_is_made_again() -> None:
    ours = {path.name for path in settings.BASE_DIR.iterdir() if (path / "migrations").is_dir()}
    found = {
        (migration.__module__, operation.code.__name__)
        for (room, _name), migration in MigrationLoader(None).disk_migrations.items()
        if room in ours
        for operation in migration.operations
        if isinstance(operation, RunPython)
    }
    assert found == {*ROWS, *TABLES, *FILLED}
