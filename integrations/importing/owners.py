"""Whose a record becomes: a colleague by name, e-mail or key, within what the importing person may give away.

`ID12` is our key; a bare number is the other system's where the mapping names one, else ours too. “By the rules” leaves
a new record to the rules of distribution.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from distribution.operations import let_wait
from distribution.rights import RUN
from foundation.rights import label_of
from integrations.importing.base import Step
from integrations.importing.names import Names, name_key
from integrations.importing.record import Record
from integrations.models import ExternalId
from users.models import User

BY_RULES = gettext_lazy("By the rules")
SAID = ("by the rules", "by rules")


class Owners:
    """`view` and `assign` are the rights of the records' room."""

    def __init__(self, by: Any, *, view: str, assign: str, system: str = "") -> None:
        self.by, self.assign = by, assign
        people = list(User.objects.visible_to(by).active().order_by("pk"))
        known = [(each.name, each) for each in people]
        known += [(each.email, each) for each in people if each.email]
        known += [(f"id{each.pk}", each) for each in people]
        known += self._brought(system, people) if system else [(str(each.pk), each) for each in people]
        self.people = Names(_("colleague"), known)
        self.reach = by.reach(assign)
        self.sees_all = by.reach(view).everybody

    def _brought(self, system: str, people: list[User]) -> list[tuple[str, User]]:
        """By the keys the other system knows them by."""
        by_pk = {each.pk: each for each in people}
        keys = ExternalId.objects.filter(system=system, kind="user").order_by("pk")
        return [(key, by_pk[pk]) for key, pk in keys.values_list("key", "object_id") if pk in by_pk]

    def read(self, record: Record, values: dict[str, Any]) -> None:
        if not record.has("owner"):
            return
        if name_key(record.text("owner")) in {*SAID, name_key(str(BY_RULES))}:
            if not self.by.may(RUN):
                record.reject("owner", _("You lack the right: %(right)s.") % {"right": label_of(RUN)})
            values |= {"owner": None, "by_rules": True}
            return
        owner = self.people.find(record, "owner")
        if owner is not None and owner.pk != self.by.pk and not self.reach.covers_person(owner.pk):
            record.reject("owner", _("You lack the right: %(right)s.") % {"right": label_of(self.assign)})
        values["owner"] = owner

    def complete(self, step: Step) -> None:
        """A record nobody is named for belongs to whoever brings it, so that they see it afterwards."""
        if step.values.get("owner") is None and not step.values.get("by_rules"):
            step.values["owner"] = None if self.sees_all else self.by

    def leave_to_rules(self, kind: str, steps: Sequence[Step], made: Sequence[Any], *, at: datetime) -> None:
        """A worker distributes the new records whose rows ask for it."""
        keys = [new.pk for step, new in zip(steps, made, strict=True) if step.values.get("by_rules")]
        let_wait(kind, keys, at=at)

    def differ(self, step: Step, changes: dict[str, Any]) -> None:
        owner = step.values.get("owner")
        if owner is None or owner.pk == step.target.owner_id:
            return
        if not self.by.reaches(step.target, self.assign):
            step.record.reject(
                "owner", _("You lack the right: %(right)s.") % {"right": label_of(self.assign)}
            )
        changes["owner"] = owner
