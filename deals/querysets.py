from datetime import date
from typing import Any, Self

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

    def owned_by_any(self, people: Any) -> Self:
        return self.filter(owner_id__in=people)
