"""For tests of runs that go to another version: a process changed and published again."""

from typing import Any

from django.utils import timezone

from processes import operations
from processes.models import Process, Version, VersionMove
from processes.moving import batches
from processes.moving.plan import Plan
from users.models import User


def publish_again(process: Process, blocks: list[dict[str, Any]]) -> Version:
    """Another version of it with these blocks."""
    robot, now = User.objects.robot(), timezone.now()
    operations.edit(process, revision=None, outline={"blocks": blocks}, by=robot, at=now)
    return operations.publish(process, by=robot, at=now)


def plan_of(process: Process, **said: Any) -> Plan:
    """From every older version to the current one."""
    older = process.versions.exclude(pk=process.current_id).values_list("pk", flat=True)
    return Plan(process.current_id or 0, frozenset(older), **said)


def move_all(process: Process, by: Any, **said: Any) -> VersionMove:
    return batches.begin(process, plan_of(process, **said), by=by, at=timezone.now())
