from datetime import date, datetime
from typing import Any, Self

from django.db.models import Q

from users.querysets import VisibleQuerySet


class DealQuerySet(VisibleQuerySet):
    view_right = "deals.view"

    def open(self) -> Self:
        return self.filter(state="open")

    def won(self) -> Self:
        return self.filter(state="won")

    def lost(self) -> Self:
        return self.filter(state="lost")

    def closed(self) -> Self:
        return self.filter(state__in=["won", "lost"])

    def without_next_step(self) -> Self:
        return self.open().filter(next_step_on__isnull=True)

    def overdue(self, *, on: date) -> Self:
        """Open deals whose next step was due before that day."""
        return self.open().filter(next_step_on__lt=on)

    def untouched(self, *, before: datetime) -> Self:
        """Open deals opened before a moment whose client nobody has touched since, with nothing planned."""
        waiting = self.open().filter(last_touch_at__isnull=True, next_meeting_at__isnull=True)
        return waiting.filter(opened_at__lt=before, next_step_on__isnull=True)

    def shared_with(self, person_id: int) -> Self:
        """Those somebody works on without owning them."""
        others = Q(owner__isnull=True) | ~Q(owner=person_id)
        return self.filter(others, team_ids__contains=[person_id])

    def owned_by_any(self, people: Any) -> Self:
        return self.filter(owner_id__in=people)
