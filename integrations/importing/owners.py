"""Whose a record becomes: a colleague by name or e-mail, within what the importing person may give away."""

from typing import Any

from django.utils.translation import gettext as _

from foundation.rights import label_of
from integrations.importing.base import Step
from integrations.importing.names import Names
from integrations.importing.record import Record
from users.models import User


class Owners:
    """`view` and `assign` are the rights of the records' room."""

    def __init__(self, by: Any, *, view: str, assign: str) -> None:
        self.by, self.assign = by, assign
        people = list(User.objects.visible_to(by).active().order_by("pk"))
        known = [(each.name, each) for each in people]
        known += [(each.email, each) for each in people if each.email]
        self.people = Names(_("colleague"), known)
        self.reach = by.reach(assign)
        self.sees_all = by.reach(view).everybody

    def read(self, record: Record, values: dict[str, Any]) -> None:
        if not record.has("owner"):
            return
        owner = self.people.find(record, "owner")
        if owner is not None and owner.pk != self.by.pk and not self.reach.covers_person(owner.pk):
            record.reject("owner", _("You lack the right: %(right)s.") % {"right": label_of(self.assign)})
        values["owner"] = owner

    def complete(self, step: Step) -> None:
        """A record nobody is named for belongs to whoever brings it, so that they see it afterwards."""
        if step.values.get("owner") is None:
            step.values["owner"] = None if self.sees_all else self.by

    def differ(self, step: Step, changes: dict[str, Any]) -> None:
        owner = step.values.get("owner")
        if owner is None or owner.pk == step.target.owner_id:
            return
        if not self.by.reaches(step.target, self.assign):
            step.record.reject(
                "owner", _("You lack the right: %(right)s.") % {"right": label_of(self.assign)}
            )
        changes["owner"] = owner
