"""Until when what a run sends outside is kept back."""

from datetime import datetime, timedelta

from django.conf import settings

from processes.models import Run


def held_until(run: Run) -> datetime | None:
    """Of a run that began with many others, so that they can be revoked; None for any other."""
    if run.batch_id is None:
        return None
    return run.started_at + timedelta(minutes=settings.PROCESS_HOLD_MINUTES)
