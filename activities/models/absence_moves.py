"""The verbs of an absence. Mixed into Absence."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.facts import absences as facts
from foundation.errors import Refused
from foundation.facts import tell

LONGEST = timedelta(days=3 * 366)


class AbsenceMoves:
    @classmethod
    def plan(cls: Any, *, person: Any, by: Any, at: datetime, cause: Any = None, **fields: Any) -> Any:
        """Note down that somebody will not work on some days. Refused where they are away then already."""
        with transaction.atomic():
            absence = cls(person=person, **fields)
            absence._check()
            absence.save(force_insert=True)
            tell(facts.AbsencePlanned(**absence.named()), by=by, at=at, cause=cause)
        return absence

    def change(self: Any, changes: dict[str, Any], *, by: Any, at: datetime, cause: Any = None) -> None:
        with transaction.atomic():
            absence = self._locked()
            changed = [name for name, value in changes.items() if getattr(absence, name) != value]
            if not changed:
                return
            for name in changed:
                setattr(absence, name, changes[name])
            absence._check()
            absence.save()
            tell(facts.AbsenceChanged(**absence.named()), by=by, at=at, cause=cause)
        self.refresh_from_db()

    def remove(self: Any, *, by: Any, at: datetime, cause: Any = None) -> None:
        """They are there after all. What was noted stays among the events."""
        with transaction.atomic():
            absence = self._locked()
            tell(facts.AbsenceRemoved(**absence.named()), by=by, at=at, cause=cause)
            absence.delete()

    def covers(self: Any, day: date) -> bool:
        return bool(self.starts_on <= day <= self.ends_on)

    def named(self: Any) -> dict[str, Any]:
        return {
            "absence_id": self.pk,
            "person_id": self.person_id,
            "name": self.person.name,
            "kind": self.kind,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "substitute_id": self.substitute_id,
        }

    def _locked(self: Any) -> Any:
        """The person's row is locked: two absences of one person are written one after the other."""
        type(self.person).objects.select_for_update().values_list("pk").get(pk=self.person_id)
        found = type(self).objects.select_related("person", "substitute").filter(pk=self.pk).first()
        if found is None:
            raise Refused(_("This absence was removed meanwhile."))
        return found

    def _check(self: Any) -> None:
        if self.ends_on < self.starts_on:
            raise Refused(_("It cannot end before it begins."))
        if self.ends_on - self.starts_on > LONGEST:
            raise Refused(_("An absence lasts three years at most."))
        if self.substitute_id == self.person_id:
            raise Refused(_("Nobody stands in for themselves."))
        type(self.person).objects.select_for_update().values_list("pk").get(pk=self.person_id)
        there = (
            type(self)
            .objects.filter(person=self.person, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on)
            .exclude(pk=self.pk)
        )
        other = there.order_by("starts_on", "pk").first()
        if other is not None:
            raise Refused(
                _("%(name)s is away from %(first)s to %(last)s already: %(kind)s.")
                % {
                    "name": self.person.name,
                    "first": date_format(other.starts_on, "DATE_FORMAT"),
                    "last": date_format(other.ends_on, "DATE_FORMAT"),
                    "kind": other.get_kind_display(),
                }
            )
        self._check_substitute()

    def _check_substitute(self: Any) -> None:
        if self.substitute is None:
            return
        if not self.substitute.is_active or self.substitute.is_robot:
            raise Refused(
                _("%(name)s no longer works here. Choose somebody else.") % {"name": self.substitute}
            )
        away = type(self).objects.filter(
            person=self.substitute, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on
        )
        if away.exists():
            raise Refused(_("%(name)s is away then, too. Choose somebody else.") % {"name": self.substitute})
