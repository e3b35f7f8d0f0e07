"""Whose working hours are whose: a person's own calendar, else that of the nearest department, else the company's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from time import monotonic

from django.conf import settings

from foundation.models import WorkingCalendar
from foundation.working_time import Calendar
from users.models import Department, User

KEPT_SECONDS = 60
DAY = ((time(9), time(13)), (time(14), time(18)))
USUAL = Calendar("", settings.COMPANY_TIME_ZONE, (DAY, DAY, DAY, DAY, DAY, (), ()))


class Kept:
    """Rules already read, for a minute in each process: they change once a year and are asked on every page."""

    def __init__(self) -> None:
        self._rules: dict[int, Calendar] = {}
        self._read_at = float("-inf")

    def forget(self) -> None:
        self._rules, self._read_at = {}, float("-inf")

    def of(self, keys: Iterable[int]) -> dict[int, Calendar]:
        if monotonic() - self._read_at > KEPT_SECONDS:
            self._rules, self._read_at = {}, monotonic()
        wanted = set(keys)
        for key in wanted - self._rules.keys():
            if rules := WorkingCalendar.rules_of(key):
                self._rules[key] = rules
        return {key: self._rules[key] for key in wanted if key in self._rules}


kept = Kept()


def calendars_of(people: Sequence[User]) -> dict[int, Calendar]:
    """The working calendar of each person by their key. Two statements, and one for each calendar not seen lately.

    Where the company has none yet it is the `USUAL` one, Monday to Friday, nine to six with an hour's break.
    """
    departments = {
        key: (path, calendar)
        for key, path, calendar in Department.objects.order_by().values_list("pk", "path", "calendar_id")
    }
    default = WorkingCalendar.objects.filter(is_default=True).values_list("pk", flat=True).first()
    chosen = {
        person.pk: person.calendar_id or _of_department(person, departments) or default for person in people
    }
    rules = kept.of(key for key in chosen.values() if key is not None)
    return {person: rules.get(key, USUAL) for person, key in chosen.items()}  # type: ignore[arg-type]


def calendar_of(person: User) -> Calendar:
    return calendars_of([person])[person.pk]


def _of_department(person: User, departments: Mapping[int, tuple[str, int | None]]) -> int | None:
    """The calendar of the person's department or of the nearest one above that names one."""
    path, _calendar = departments.get(person.department_id or 0, ("", None))
    line = [int(key) for key in path.split("/") if key]
    for key in reversed(line):
        if key in departments and departments[key][1]:
            return departments[key][1]
    return None
