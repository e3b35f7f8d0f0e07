from datetime import datetime
from typing import Any

from django.db import transaction

from activities.facts import meetings as facts
from foundation.facts import tell


class MeetingGiving:
    def give(self: Any, owner: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """To another organiser, who is expected at the times to come; the one before no longer is, and keeps seeing it.

        Whoever is invited stays invited; nobody is written to.
        """
        with transaction.atomic():
            meeting = self.locked()
            meeting._refuse_closed()
            if meeting.owner_id == owner.pk:
                return
            meeting.owner = owner
            meeting._check(at)
            meeting.participants.filter(person=owner).delete()
            meeting.team_ids = sorted({*meeting.team_ids, owner.pk})
            meeting.version += 1
            meeting.save()
            meeting.occurrences.filter(ends_at__gt=at).update(people_ids=meeting._people())
            row = None if meeting.repeat else meeting._row(None)
            told = facts.MeetingChanged(fields=["owner"], left=[], **meeting.named(row))
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()
