"""Builders for tests and demo data: `make_task(cast.salesperson, due_on=...)`."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from activities.models import Meeting, Project, Task


def make_task(
    owner: Any, title: str = "Call back", *, by: Any = None, at: datetime | None = None, **fields: Any
) -> Task:
    """An open task of somebody, planned by themselves unless said otherwise."""
    return Task.plan(title=title, owner=owner, by=by or owner, at=at or timezone.now(), **fields)


def make_meeting(
    owner: Any,
    title: str = "Presentation",
    *,
    starts_at: datetime | None = None,
    minutes: int = 60,
    by: Any = None,
    at: datetime | None = None,
    **fields: Any,
) -> Meeting:
    """A meeting somebody called, tomorrow for an hour unless said otherwise."""
    at = at or timezone.now()
    starts_at = starts_at or at + timedelta(days=1)
    fields.setdefault("ends_at", starts_at + timedelta(minutes=minutes))
    return Meeting.plan(title=title, owner=owner, starts_at=starts_at, by=by or owner, at=at, **fields)


def make_project(
    owner: Any, title: str = "Spring shop", *, by: Any = None, at: datetime | None = None, **fields: Any
) -> Project:
    """An open project of somebody, opened by themselves unless said otherwise."""
    return Project.open(title=title, owner=owner, by=by or owner, at=at or timezone.now(), **fields)
