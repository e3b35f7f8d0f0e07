from datetime import date
from typing import Any, Self

from django.db.models import Q

from users.querysets import VisibleQuerySet


class QuoteQuerySet(VisibleQuerySet):
    view_right = "billing.view"

    def versions_of(self, quote: Any) -> Self:
        """All of it, the first one first."""
        return self.filter(Q(pk=quote.first_key) | Q(version_of=quote.first_key)).order_by("pk")

    def open(self) -> Self:
        """Drafts, and those the client may still answer."""
        return self.filter(state__in=["draft", "sent"])

    def over(self, *, on: date) -> Self:
        """Those sent whose last day was before that one."""
        return self.filter(state="sent", valid_until__lt=on)
