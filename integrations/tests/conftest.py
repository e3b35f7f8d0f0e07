"""What several tests of imports use."""

from pathlib import Path

import pytest

from integrations.testing import hostile_files


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the 35 hostile files, made once."""
    return hostile_files(tmp_path_factory.mktemp("hostile"))
