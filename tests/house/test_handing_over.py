"""Whatever a colleague answers for knows what becomes of it when they leave."""

from django.apps import apps
from django.utils import timezone

from tests.house.floors import FLOORS
from users.handing_over import kinds
from users.models import User

# Models whose `owner` says how it was.
EXCUSED = {
    "activities.TaskPassage": "who had a task when",
    "deals.FunnelSum": "numbers of somebody's deals, kept with them",
    "deals.StageEvent": "who had a deal when",
    "deals.StagePassage": "who had a deal when",
    "deals.StageTotal": "numbers of somebody's deals, kept with them",
}


def test_every_model_with_an_owner_is_handed_over_or_excused() -> None:
    registered = {kind.records(timezone.now()).model._meta.label for kind in kinds()}
    owned = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        and not hasattr(model, "pgh_tracked_model")
        and any(each.name == "owner" and each.related_model is User for each in model._meta.concrete_fields)
    }
    assert owned - registered - EXCUSED.keys() == set()
    assert EXCUSED.keys() - owned == set()
