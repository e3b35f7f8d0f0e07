"""Where tests find the real input that is no part of the repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


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
