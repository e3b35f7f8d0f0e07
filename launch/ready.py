"""Loaded by the worker: says that it takes tasks now, which the launcher waits for before it prints "Ready"."""

import os
from pathlib import Path
from typing import Any

from celery.signals import worker_ready


@worker_ready.connect
def tell(**_: Any) -> None:
    named = os.environ.get("CRM_READY_FILE")
    if named:
        Path(named).touch()
