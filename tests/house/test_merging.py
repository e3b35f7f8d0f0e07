"""Whatever names a client or a contact knows what to do when it is merged into another."""

from django.apps import apps

from accounts.merging.movers import HANDLED, mover_for
from accounts.models import Account, Contact
from tests.house.floors import FLOORS


def test_every_foreign_key_to_a_client_or_a_contact_has_a_mover() -> None:
    forgotten = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in FLOORS or hasattr(model, "pgh_tracked_model"):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model not in (Account, Contact):
                continue
            kind = field.related_model._meta.model_name
            label = model._meta.label
            if mover_for(kind, label, field.name) is None and (label.lower(), field.name) not in HANDLED:
                forgotten.append(f"{label}.{field.name}")
    assert forgotten == []
