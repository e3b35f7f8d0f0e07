import json
from datetime import date, time
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import Refused
from foundation.working_time import Calendar, Interval, SpecialDay

# An end at midnight is the end of the day.
ENDS_AFTER_START = Q(starts__lt=F("ends")) | Q(ends=time(0))


def check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:  # An unknown name, an impossible one, a folder's name.
        raise ValidationError(gettext("“%(name)s” is not a time zone.") % {"name": name}) from unknown


LINE = """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, 0 AS place FROM foundation_workingcalendar WHERE coalesce(id = %s, is_default)
        UNION ALL SELECT up.id, up.parent_id, place + 1 FROM foundation_workingcalendar up
        JOIN line ON up.id = line.parent_id) CYCLE id SET is_circle USING walked
    SELECT calendar.*,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(weekday, starts, ends) ORDER BY starts, id), '[]')
         FROM foundation_workinghours WHERE calendar_id = calendar.id) AS its_hours,
        (SELECT coalesce(jsonb_agg(jsonb_build_array("on", name, starts, ends) ORDER BY "on", starts, id), '[]')
         FROM foundation_calendarexception WHERE calendar_id = calendar.id) AS its_exceptions
    FROM line JOIN foundation_workingcalendar calendar USING (id) ORDER BY place
"""


class WorkingCalendar(models.Model):
    """Working hours of the company, a department or a person, who say only what differs from their parent's."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[check_time_zone],
        help_text=_("Such as Europe/Madrid; the parent calendar's if empty"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent calendar"),
        help_text=_("Its holidays apply here too, and its weekly hours where this calendar has none"),
    )
    is_default = models.BooleanField(_("the company's calendar"), default=False)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar"
            ),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="calendar_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def rules(self) -> Calendar:
        """This calendar with all it inherits, in one query. Refused where the parents go round in a circle."""
        return _rules(self._line(self.pk))

    @classmethod
    def rules_of(cls, key: int | None) -> Calendar | None:
        """The same of the calendar of a key, or of the company's for None, in the same query; None where it is not."""
        return _rules(line) if (line := cls._line(key)) else None

    @classmethod
    def _line(cls, key: int | None) -> list[Any]:
        """A calendar, its parent, and so on up, each with its own hours and exceptions; of no key, the company's."""
        line: list[Any] = list(cls.objects.raw(LINE, [key]))
        if len(line) > len({calendar.pk for calendar in line}):
            circle = gettext("The parents of the calendar “%(name)s” go round in a circle.")
            raise Refused(circle % {"name": line[0]})
        for calendar in line:
            calendar.its_hours = json.loads(calendar.its_hours)
            calendar.its_exceptions = json.loads(calendar.its_exceptions)
        return line


def _rules(line: list[Any]) -> Calendar:
    """The nearest calendar with weekly hours gives them all; the nearest that names a date decides about it."""
    weekly: list[Any] = next((calendar.its_hours for calendar in line if calendar.its_hours), [])
    days: list[list[Interval]] = [[] for _day in range(7)]
    for weekday, starts, ends in weekly:
        days[weekday].append((time.fromisoformat(starts), time.fromisoformat(ends)))
    exceptions: dict[date, SpecialDay] = {}
    for calendar in reversed(line):
        for on, rows in groupby(calendar.its_exceptions, key=itemgetter(0)):
            exceptions[date.fromisoformat(on)] = _special_day(list(rows))
    zone = next((calendar.time_zone for calendar in line if calendar.time_zone), settings.COMPANY_TIME_ZONE)
    return Calendar(line[0].name, zone, tuple(tuple(each) for each in days), exceptions)


class WorkingHours(models.Model):
    """One stretch of work on a weekday; several make a day with a break."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, related_name="hours", verbose_name=_("calendar")
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"), help_text=_("00:00 is the end of the day"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["calendar", "weekday", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "weekday", "starts"], name="working_hours_start_once"
            ),
            models.CheckConstraint(condition=ENDS_AFTER_START, name="working_hours_end_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_weekday_exists"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class CalendarException(models.Model):
    """A date with hours of its own: a holiday, a half day, a Saturday that is worked. Several rows make a break."""

    calendar = models.ForeignKey(
        WorkingCalendar, models.CASCADE, related_name="exceptions", verbose_name=_("calendar")
    )
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=100)
    is_working = models.BooleanField(_("people work"), default=False)
    starts = models.TimeField(_("starts"), null=True, blank=True)
    ends = models.TimeField(_("ends"), null=True, blank=True, help_text=_("00:00 is the end of the day"))

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ["calendar", "on", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "on", "starts"],
                nulls_distinct=False,
                name="calendar_exception_starts_once",
            ),
            models.CheckConstraint(
                condition=Q(is_working=False, starts=None, ends=None)
                | (Q(is_working=True, starts__isnull=False, ends__isnull=False) & ENDS_AFTER_START),
                name="calendar_exception_has_hours_if_worked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


def _special_day(rows: list[tuple[str, str, str | None, str | None]]) -> SpecialDay:
    hours = [
        (time.fromisoformat(starts), time.fromisoformat(ends))
        for _on, _name, starts, ends in rows
        if starts is not None and ends is not None
    ]
    return SpecialDay(rows[0][1], tuple(hours))
