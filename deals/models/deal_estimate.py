from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals import facts
from foundation.errors import Refused
from foundation.facts import tell


class DealEstimate:
    """A person's own estimate of how likely the deal is, with the reason. Mixed into Deal."""

    def estimate(
        self: Any,
        percent: int | None,
        reason: str = "",
        *,
        by: Any,
        at: datetime,
        version: int | None = None,
        cause: Any = None,
    ) -> None:
        """In percent; None takes it back, and what the stage says counts again."""
        reason = " ".join(reason.replace("\x00", "").split())
        if percent is not None and not 0 <= percent <= 100:
            raise Refused(_("Say between 0 and 100 percent."))
        if percent is not None and not reason:
            raise Refused(_("Say why you expect that."))
        reason = reason if percent is not None else ""
        with transaction.atomic():
            deal = self._locked_alone(version)
            if not deal.is_open:
                raise Refused(_("The deal is closed: there is nothing to expect any more."))
            before = deal.probability
            if (before, deal.probability_reason or "") == (percent, reason):
                return
            deal.probability, deal.probability_reason = percent, reason or None
            deal.version += 1
            deal.save(update_fields=["probability", "probability_reason", "version"])
            told = facts.DealEstimated(before=before, percent=percent, reason=reason, **deal._named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db()
