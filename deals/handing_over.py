"""Open deals go to whoever takes over. Closed ones stay with who closed them: what was won never moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.bulk_writing import Change, write_many
from deals.models import Deal
from users import handing_over
from users.handing_over import Kind
from users.models import User


def register() -> None:
    handing_over.register(
        Kind(
            record="deal",
            words=gettext_lazy("Open deals"),
            records=lambda _at: Deal.objects.open(),
            give=give_deals,
            client="account_id",
            worth="base_amount",
            team="team_ids",
            right="deals.assign",
            link=lambda person: f"{reverse('deals:list')}?owner={person}&state=open",
            order=20,
        )
    )


def give_deals(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    """Open deals ({deal: person}) to other owners, in a few statements; {deal: why not} for those refused."""
    people = User.objects.in_bulk(set(owners.values()))
    refused: dict[int, str] = {}
    with transaction.atomic():
        changes = []
        for deal in Deal.objects.select_for_update().filter(pk__in=owners).order_by("pk"):
            owner = people[owners[deal.pk]]
            if not owner.is_active:
                refused[deal.pk] = _("%(name)s no longer works here. Choose somebody else.") % {
                    "name": owner.name
                }
            elif not deal.is_open:
                refused[deal.pk] = _("It is closed.")
            elif deal.owner_id != owner.pk:
                changes.append(Change(deal, {"owner_id": owner.pk}))
        write_many(changes, by=by, at=at)
    return refused
