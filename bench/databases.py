"""The bench's databases: made beside the one in DATABASE_URL, seeded once and used again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
SEED = 1
VERSION = 3  # of what the seed makes; another number makes the databases anew

WRITTEN = (
    "deals_deal", "activities_task", "activities_occurrence",
    "billing_invoice", "billing_instalment", "billing_payment",
)  # fmt: skip


def url_of(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + quote(database)))


def environment_for(database: str) -> dict[str, str]:
    return dict(os.environ) | {
        "DATABASE_URL": url_of(database),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "ERROR",
    }


def ready(deals: int) -> str:
    """The name of a database with so many deals and invoices, seeded now or by an earlier run."""
    name = f"{_own()}_bench_{deals}"
    marker = json.dumps({"deals": deals, "seed": SEED, "version": VERSION})
    if _marker(name) != marker:
        _make_empty(name)
        _manage(name, "migrate", "-v0")
        _manage(name, "seed", "--deals", str(deals), "--invoices", str(deals), "--seed", str(SEED))
        _run(name, f'COMMENT ON DATABASE "{name}" IS %s', marker)
    _manage(name, "migrate", "-v0")
    return name


def fresh(purpose: str) -> str:
    """The name of a new empty database with the house's tables."""
    name = f"{_own()}_{purpose}"
    _make_empty(name)
    _manage(name, "migrate", "-v0")
    return name


def analyse(name: str) -> None:
    """Fresh statistics, so that autovacuum has no reason to begin in the middle of a measurement."""
    _run(name, f"VACUUM (ANALYZE) {', '.join(WRITTEN)}")
    _run(name, "CHECKPOINT")


def _marker(name: str) -> str | None:
    rows = _run(
        _own(), "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name
    )
    return rows[0][0] if rows else None


def _make_empty(name: str) -> None:
    _run(_own(), f'DROP DATABASE IF EXISTS "{name}"')
    _run(_own(), f'CREATE DATABASE "{name}"')


def _own() -> str:
    return unquote(urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))


def _run(database: str, statement: str, *values: object) -> list[tuple[str]]:
    connection = psycopg2.connect(url_of(database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def _manage(database: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words],
        check=True,
        cwd=ROOT,
        env=environment_for(database),
        stdout=sys.stderr,
    )
