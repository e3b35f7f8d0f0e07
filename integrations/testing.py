"""Where tests find the real input that is no part of the repository."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection


def shared_data(name: str) -> Path:
    """A folder or file of the shared real input. Where it is absent, tests in CI fail; elsewhere they say so."""
    folder = Path(os.environ.get("CRM_SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
    found = folder / name
    if not found.exists():
        missing = f"Real input is missing: {found} does not exist. Set CRM_SHARED_DATA to the folder that holds {name}."
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return found


def hostile_files(folder: Path) -> Path:
    """Writes the 35 hostile files into the folder."""
    script = shared_data("bad_input_generator/make_bad_files.py")
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True, timeout=120)
    return folder


def walked(
    folder: Path, entities: Iterable[str], files: Iterable[str], *, most_bytes: int
) -> list[dict[str, Any]]:
    """What both doors said to each file as each kind of record, in a process with a limit on its memory."""
    walk = [sys.executable, "-m", "integrations.tests.hostile_walk", str(folder), str(most_bytes)]
    done = subprocess.run(
        [*walk, ",".join(entities), ",".join(files)],
        cwd=settings.BASE_DIR,
        env=dict(os.environ) | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "crm.settings"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def database_url() -> str:
    """The address of the database the tests use, for another process."""
    at = connection.settings_dict
    person = quote(at["USER"]) + (":" + quote(at["PASSWORD"]) if at["PASSWORD"] else "")
    if at["HOST"].startswith("/"):
        return f"postgresql://{person}@/{at['NAME']}?host={quote(at['HOST'])}"
    return f"postgresql://{person}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"


def text_of_page(answer: Any) -> str:
    """What a page says, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
