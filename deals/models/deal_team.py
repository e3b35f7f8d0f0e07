from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deals import facts
from foundation.errors import Refused
from foundation.facts import tell


class DealTeam:
    """Who works on a deal without owning it: they see it, and keep seeing it whoever owns it. Mixed into Deal.

    Joining and leaving is no change of the deal's own fields: somebody who edits it meanwhile is not refused.
    """

    def add_colleague(self: Any, person: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """Quiet when they are of the team already."""
        with transaction.atomic():
            deal = self._locked_alone(None)
            if person.pk in deal.team_ids:
                return
            if not person.is_active or person.is_robot:
                raise Refused(
                    _("%(name)s no longer works here. Choose somebody else.") % {"name": person.name}
                )
            deal.team_ids = sorted({*deal.team_ids, person.pk})
            deal.save(update_fields=["team_ids"])
            told = facts.DealColleagueJoined(user_id=person.pk, name=person.name, **deal._named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db(fields=["team_ids"])

    def remove_colleague(self: Any, person: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """They see the deal no more, unless their role lets them. The owner stays."""
        with transaction.atomic():
            deal = self._locked_alone(None)
            if person.pk not in deal.team_ids:
                return
            if person.pk == deal.owner_id:
                raise Refused(_("The owner is always of the team. Give the deal to somebody else first."))
            deal.team_ids = sorted({*deal.team_ids} - {person.pk})
            deal.save(update_fields=["team_ids"])
            told = facts.DealColleagueLeft(user_id=person.pk, name=person.name, **deal._named())
            tell(told, by=by, at=at, cause=cause)
        self.refresh_from_db(fields=["team_ids"])
