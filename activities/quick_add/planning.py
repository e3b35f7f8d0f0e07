"""From a draft to a task: what was chosen is looked up again, because only what the person sees counts."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from activities.models import Task
from activities.quick_add.drafting import Draft, refuse_without_words
from deals.models import Deal
from foundation.errors import Refused
from users.models import User

RECORDS: dict[str, Any] = {"account": Account, "contact": Contact, "deal": Deal}


def plan_drafted(drafted: Draft, *, by: Any, at: datetime) -> Task:
    """Refused without words for a title, and for somebody whom the person may not give tasks."""
    refuse_without_words(drafted)
    fields = dict(drafted.fields)
    for name, model in RECORDS.items():
        key = fields.pop(f"{name}_id", None)
        if key is not None:
            fields[name] = model.objects.visible_to(by).filter(pk=key).first()
    owner_id = fields.pop("owner_id", None)
    if owner_id is not None and owner_id != by.pk:
        fields["owner"] = _assignable(owner_id, by)
    return Task.plan(title=drafted.title, by=by, at=at, **fields)


def _assignable(key: int, by: Any) -> User:
    person = User.objects.active().filter(pk=key).first()
    if person is None or not by.reach("activities.assign").covers_person(person.pk):
        raise Refused(_("You may not give tasks to this person."))
    return person
