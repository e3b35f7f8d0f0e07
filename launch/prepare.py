"""Run in the environment, in one process to start Django once: the database brought up to date, the demo loaded."""

import os
import sys


def main(steps: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date…", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
    if steps and not executor.loader.applied_migrations:
        print("Loading the demo company…", flush=True)
    for step in steps:
        call_command(step)


if __name__ == "__main__":
    main(sys.argv[1:])
