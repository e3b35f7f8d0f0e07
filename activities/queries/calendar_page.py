"""The calendar's page: which days, links to other days and views, the list of days, and the team's week."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_skeleton, get_day_names
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.due import at_local
from activities.free_busy import Busy, absences_of, busy_of
from activities.queries import calendar, moments
from activities.series import DAY
from users.calendars import calendar_of, calendars_of
from users.models import User

DAY_VIEW, WEEK, MONTH, LIST, TEAM = "day", "week", "month", "list", "team"
VIEWS = [
    (DAY_VIEW, gettext_lazy("Day")), (WEEK, gettext_lazy("Week")), (MONTH, gettext_lazy("Month")),
    (LIST, gettext_lazy("List")), (TEAM, gettext_lazy("Team")),
]  # fmt: skip
DRAWN = {DAY_VIEW: "timeGridDay", WEEK: "timeGridWeek", MONTH: "dayGridMonth"}
MOST_PEOPLE = 40
MOST_OFFERED = 300
LISTED = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """What the address says, made sensible."""

    view: str
    on: date
    person: Any

    @classmethod
    def of(cls, query: Any, reader: Any) -> "Asked":
        view = query.get("view", WEEK)
        try:
            on = date.fromisoformat(query.get("on", ""))
        except ValueError:
            on = timezone.localdate()
        if not 2000 <= on.year <= 2100:
            on = timezone.localdate()
        return cls(view if view in dict(VIEWS) else WEEK, on, person_asked(query.get("person", ""), reader))

    def days(self) -> tuple[date, date]:
        match self.view:
            case "day":
                return self.on, self.on
            case "month":
                first = self.on.replace(day=1)
                return first, (first + timedelta(days=31)).replace(day=1) - DAY
            case "list":
                return self.on, self.on + LISTED - DAY
        first = self.on - timedelta(days=(self.on.weekday() - moments.first_weekday()) % 7)
        return first, first + timedelta(days=6)

    def url(self, reader: Any, **changed: Any) -> str:
        said: dict[str, Any] = {"view": self.view, "on": self.on.isoformat()} | changed
        if self.person.pk != reader.pk and said["view"] != TEAM:
            said["person"] = self.person.pk
        return f"{reverse('activities:calendar')}?{urlencode(said)}"


def page(asked: Asked, reader: Any) -> dict[str, Any]:
    first, last = asked.days()
    today = timezone.localdate()
    before, after = _neighbours(asked, first, last)
    shown: dict[str, Any] = {
        "asked": asked,
        "is_own": asked.person.pk == reader.pk,
        "title": _title(asked.view, first, last),
        "before_url": asked.url(reader, on=before.isoformat()),
        "after_url": asked.url(reader, on=after.isoformat()),
        "today_url": asked.url(reader, on=today.isoformat()),
        "views": [(key, name, asked.url(reader, view=key)) for key, name in VIEWS],
        "people": _others(reader),
        "may_plan": reader.may("activities.create"),
    }
    if asked.view == TEAM:
        return shown | team(reader, first, last, today)
    read = calendar.read(reader, asked.person, first, last)
    return shown | {"days": days_of(read, today), "drawn": _drawn(asked, reader)}


def _others(reader: Any) -> Any:
    people = User.objects.visible_to(reader).active().exclude(pk=reader.pk)
    return people.order_by("sort_key", "pk").values_list("pk", "name")[:MOST_OFFERED]


def days_of(read: calendar.Range, today: date) -> list[dict[str, Any]]:
    """Day by day, what the list shows; days without anything only where there are few."""
    by_day: dict[date, list[Any]] = defaultdict(list)
    for entry in read.entries:
        first, last = entry.days
        day = max(first, read.since)
        while day <= min(last, read.until):
            by_day[day].append({"entry": entry, "time": _time(entry, day)})
            day += DAY
    span = (read.until - read.since).days + 1
    every = [read.since + timedelta(days=n) for n in range(span)]
    return [
        {
            "on": day,
            "title": moments.sentence(moments.day_text(day, today)),
            "is_today": day == today,
            "items_": by_day.get(day, []),
        }
        for day in every
        if span <= 7 or day in by_day
    ]


def team(reader: Any, first: date, last: date, today: date) -> dict[str, Any]:
    """People beside their days of the week. Others' meetings are “busy” unless the reader may see them."""
    people = list(_team(reader)[: MOST_PEOPLE + 1])
    is_cut, people = len(people) > MOST_PEOPLE, people[:MOST_PEOPLE]
    keys = [person.pk for person in people]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    zone = reader.time_zone
    busy = busy_of(keys, at_local(first, time(), zone), at_local(last + DAY, time(), zone), reader=reader)
    away = absences_of(keys, first, last)
    rules = calendars_of(people)
    return {
        "columns": [
            (day, format_skeleton("MMMEd", day, locale=moments.locale()), day == today) for day in days
        ],
        "rows": [
            {
                "person": person,
                "url": f"{reverse('activities:calendar')}?view=week&on={first}&person={person.pk}",
                "cells": [_cell(person, day, busy, away, rules[person.pk]) for day in days],
            }
            for person in people
        ],
        "is_cut": is_cut,
    }


def _cell(person: Any, day: date, busy: list[Busy], away: list[Any], rules: Any) -> dict[str, Any]:
    absence = next((each for each in away if each.person_id == person.pk and each.covers(day)), None)
    special = rules.exceptions.get(day)
    hours = special.intervals if special else rules.weekly[day.weekday()]
    items = []
    for each in busy:
        if each.person_id != person.pk:
            continue
        starts, ends = timezone.localtime(each.starts_at), timezone.localtime(each.ends_at)
        first, last = each.day or starts.date(), each.last or (ends - timedelta(microseconds=1)).date()
        if first <= day <= last:
            clock = (
                "" if each.day else f"{starts:%H:%M}–{ends:%H:%M}" if first == last else f"{starts:%H:%M}…"
            )
            url = reverse("activities:meeting", args=[each.meeting_id]) if each.title else ""
            items.append({"time": clock or _("all day"), "title": each.title or _("Busy"), "url": url})
    return {
        "day": day,
        "is_closed": not hours,
        "holiday": special.name if special and not hours else "",
        "is_away": absence is not None,
        "items_": items,
    }


def _team(reader: Any) -> Any:
    people = User.objects.visible_to(reader).active()
    if reader.department_id and not reader.reach("users.view").is_empty:
        own = people.filter(department__path__startswith=reader.department.path)
        people = own if own.exclude(pk=reader.pk).exists() else people
    return people.order_by("sort_key", "pk")


def _drawn(asked: Asked, reader: Any) -> dict[str, Any] | None:
    """What static/js/calendar.js is told; None for the views that are lists."""
    if asked.view not in DRAWN:
        return None
    hours = [opens for day in calendar_of(asked.person).weekly for opens, _closes in day]
    earliest = max(min(hours).hour - 1, 0) if hours else 8
    person = f"?person={asked.person.pk}" if asked.person.pk != reader.pk else ""
    return {
        "view": DRAWN[asked.view],
        "on": asked.on.isoformat(),
        "events": reverse("activities:calendar_events") + person,
        "new": reverse("activities:meeting_create") if reader.may("activities.create") else "",
        "scroll": f"{earliest:02}:00:00",
        "firstDay": (moments.first_weekday() + 1) % 7,
        "zone": reader.time_zone,
        "language": moments.locale().split("_")[0],
        "words": {
            "allDay": _("all day"),
            "more": _("more"),
            "failed": _("The calendar could not be read. Try again."),
        },
    }


def _time(entry: Any, day: date) -> str:
    if entry.starts is None:
        return _("all day") if entry.kind != calendar.TASK else _("due")
    starts = f"{entry.starts:%H:%M}" if entry.starts.date() == day else "…"
    if entry.ends is None:
        return starts
    ends = f"{entry.ends:%H:%M}" if entry.ends <= datetime.combine(day + DAY, time()) else "…"
    return f"{starts}–{ends}"


def _neighbours(asked: Asked, first: date, last: date) -> tuple[date, date]:
    if asked.view == MONTH:
        return (first - DAY).replace(day=1), last + DAY
    step = last - first + DAY
    return asked.on - step, asked.on + step


def _title(view: str, first: date, last: date) -> str:
    place = moments.locale()
    if view == MONTH:
        return moments.sentence(format_skeleton("yMMMM", first, locale=place))
    if first == last:
        names = get_day_names("wide", locale=place)
        return f"{moments.sentence(names[first.weekday()])}, {format_skeleton('yMMMd', first, locale=place)}"
    starts = format_skeleton("MMMd" if first.year == last.year else "yMMMd", first, locale=place)
    return f"{starts} – {format_skeleton('yMMMd', last, locale=place)}"


def person_asked(said: str, reader: Any) -> Any:
    if said.isascii() and said.isdigit() and len(said) < 19 and int(said) != reader.pk:
        found = User.objects.visible_to(reader).active().filter(pk=int(said)).first()
        return found or reader
    return reader
