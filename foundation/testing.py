"""What every room's tests need: the recorded number of statements a page may send."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

RECORDING = "RECORD_QUERY_COUNTS"
RECORDS = "query_counts.json"


@contextmanager
def assert_query_count(name: str) -> Iterator[CaptureQueriesContext]:
    """Fails unless the block sends as many statements as the calling test's query_counts.json says under `name`.

    Records them anew when RECORD_QUERY_COUNTS=1: do that on purpose, and say in the commit why the number moved.
    """
    # PYTEST_CURRENT_TEST is "accounts/tests/test_list.py::test_name (call)"; the records lie beside that file.
    test = os.environ["PYTEST_CURRENT_TEST"].split("::")[0]
    path = _root() / Path(test).parent / RECORDS
    with CaptureQueriesContext(connection) as captured:
        yield captured
    recorded = json.loads(path.read_text()) if path.exists() else {}
    if os.environ.get(RECORDING) == "1":
        recorded[name] = len(captured)
        path.write_text(json.dumps(dict(sorted(recorded.items())), indent=2) + "\n")
        return
    if recorded.get(name) != len(captured):
        sent = "\n".join(f"{number}. {query['sql'][:300]}" for number, query in enumerate(captured, 1))
        pytest.fail(f"“{name}” sends {len(captured)} statements, {recorded.get(name)} are recorded:\n{sent}")


def _root() -> Path:
    return Path(__file__).resolve().parent.parent
