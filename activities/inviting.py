"""Planning and changing meetings together with what speaks against writing to somebody: one transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.consents.permission import Despite, bypass
from activities.models import Meeting


def plan_meeting(*, despite: Despite | None, by: Any, at: datetime, **said: Any) -> Meeting:
    with transaction.atomic():
        bypass(despite, by=by, at=at)
        return Meeting.plan(by=by, at=at, **said)  # type: ignore[no-any-return]


def change_meeting(
    meeting: Meeting, changes: dict[str, Any], *, despite: Despite | None, by: Any, at: datetime, **said: Any
) -> Meeting:
    with transaction.atomic():
        bypass(despite, by=by, at=at)
        return meeting.change(changes, by=by, at=at, **said)  # type: ignore[no-any-return]
