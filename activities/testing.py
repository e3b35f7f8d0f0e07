"""Builders for tests and demo data: `make_task(cast.salesperson, due_on=...)`."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from activities.models import Task


def make_task(
    owner: Any, title: str = "Call back", *, by: Any = None, at: datetime | None = None, **fields: Any
) -> Task:
    """An open task of somebody, planned by themselves unless said otherwise."""
    return Task.plan(title=title, owner=owner, by=by or owner, at=at or timezone.now(), **fields)
