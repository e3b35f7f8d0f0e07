"""What happens to absences. They stand on no client's timeline."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.facts import Fact, fact


class AboutAbsence(Fact):
    absence_id: int
    person_id: int
    name: str
    kind: str
    starts_on: str
    ends_on: str
    substitute_id: int | None = None

    def subjects(self) -> list[tuple[str, int | None]]:
        return [("absence", self.absence_id), ("user", self.person_id)]

    def words(self) -> dict[str, str]:
        from datetime import date

        from activities.models import Absence

        days = [date_format(date.fromisoformat(day), "DATE_FORMAT") for day in (self.starts_on, self.ends_on)]
        return {
            "name": self.name,
            "kind": str(Absence.Kind(self.kind).label),
            "days": days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}",
        }


@fact("absence.planned", label=gettext_lazy("Absence noted"), icon="plane")
class AbsencePlanned(AboutAbsence):
    def sentence(self) -> str:
        return _("%(name)s is away: %(kind)s, %(days)s") % self.words()


@fact("absence.changed", label=gettext_lazy("Absence changed"), icon="plane")
class AbsenceChanged(AboutAbsence):
    def sentence(self) -> str:
        return _("%(name)s is away, as changed: %(kind)s, %(days)s") % self.words()


@fact("absence.removed", label=gettext_lazy("Absence removed"), icon="plane-off")
class AbsenceRemoved(AboutAbsence):
    def sentence(self) -> str:
        return _("%(name)s is not away after all: %(kind)s, %(days)s") % self.words()
