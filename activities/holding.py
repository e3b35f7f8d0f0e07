"""A meeting was held: what came of it, and what happens next, in one step."""

from datetime import datetime
from typing import Any

from django.db import transaction

from activities.chains import NextStep
from activities.models import Meeting, Task


def hold_meeting(
    meeting: Meeting, occurrence: Any, *, outcome: str, next_step: NextStep | None, by: Any, at: datetime
) -> Task | None:
    """Keep the outcome and plan the next step with it, once. Gives the task that was planned."""
    with transaction.atomic():
        was_held = meeting.occurrences.filter(pk=occurrence.pk, held_at__isnull=False).exists()
        meeting.hold(occurrence, outcome=outcome, by=by, at=at)
        if next_step is None or was_held:
            return None
        return Task.plan(
            title=next_step.title,
            owner=next_step.owner or by,
            due_on=next_step.due_on,
            due_at=next_step.due_at,
            kind=next_step.kind,
            account=meeting.account,
            contact=meeting.contact,
            deal=meeting.deal,
            by=by,
            at=at,
        )
