"""Saved views that others use too go to whoever takes over; private ones stay."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.errors import Refused
from lists.models import SavedView
from lists.models.saved_view import Scope
from users import handing_over
from users.handing_over import Kind
from users.models import User


def register() -> None:
    handing_over.register(
        Kind(
            record="saved_view",
            words=_("Saved views shared with others"),
            records=lambda _at: SavedView.objects.filter(removed_at=None).exclude(scope=Scope.PRIVATE),
            give=give_views,
            title="name",
            order=60,
        )
    )


def give_views(owners: Mapping[int, int], *, by: Any, at: datetime) -> dict[int, str]:
    people = User.objects.in_bulk(set(owners.values()))
    refused = {}
    for view in SavedView.objects.filter(pk__in=owners).order_by("pk"):
        try:
            view.give(people[owners[view.pk]], by=by, at=at)
        except Refused as refusal:
            refused[view.pk] = refusal.message
    return refused
