"""The planner: people against fifteen working days, every cell their load and their capacity."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.capacity import KNOWN, Capacity, Hours, capacities
from activities.load import Weights, loads
from activities.queries import planner_words as words
from activities.queries.planner_draft import EMPTY, Draft, moved_work
from activities.queries.planner_sources import FromSources, from_sources, role_title
from activities.queries.planner_work import Work, work_of
from foundation.keyset import Page, keyset_page
from foundation.search import among
from foundation.working_time import Calendar, Reason
from users.models import Department, User

SIZE, COLUMNS, WEEK = 50, 15, 7
FURTHEST = KNOWN - 3 * WEEK  # the last first day: three weeks of what is known begin there
ORDER = ("sort_key", "pk")
CELL = '<td class="{}"><button name="c" value="{}.{}">{}</button></td>'  # what fills it is escaped already
PLAIN = '<td class="{}">{}</td>'
FIELDS = ("name", "sort_key", "department_id", "calendar_id")


@dataclass(frozen=True)
class Asked:
    """What the page is asked to show. `first` is counted in days from today."""

    today: date
    at: datetime
    first: int = 0
    is_share: bool = False
    draft: Draft = EMPTY


@dataclass(frozen=True)  # without slots: the lists are kept
class Columns:
    """Working days of the company. A column holds the days off before it, so that no work falls between two."""

    today: date
    first: int
    ends: list[int]

    @cached_property
    def places(self) -> list[int]:
        """Which column a day belongs to, from the first day on."""
        return [place for place in range(len(self.ends)) for _day in range(*self.span(place))]

    def span(self, place: int) -> tuple[int, int]:
        """From a day to the day after the last."""
        return (self.ends[place - 1] + 1 if place else self.first), self.ends[place] + 1

    def day(self, place: int) -> date:
        return self.today + timedelta(days=self.ends[place])


class Heading(NamedTuple):
    weekday: str
    day: str
    said: str
    note: str


class Row(NamedTuple):
    """A person; `cells` are written here in one go, because a template takes ten turns a cell and the page has 900."""

    pk: SafeString
    name: str
    cells: SafeString


@dataclass(frozen=True)
class Grid:
    """`totals` are the cells of the last line; `roles` name what waits for whoever of a role takes it."""

    headings: list[Heading]
    rows: list[Row]
    totals: SafeString
    usual: int
    days_off: list[str]
    people: int = 0
    roles: list[tuple[str, SafeString]] = field(default_factory=list)


@dataclass
class Sums:
    """The last line: everybody's load and capacity in each column."""

    load: list[int] = field(default_factory=lambda: [0] * COLUMNS)
    capacity: list[int] = field(default_factory=lambda: [0] * COLUMNS)
    soft: list[int] = field(default_factory=lambda: [0] * COLUMNS)
    late: int = 0
    late_tasks: int = 0
    undated: int = 0
    undated_tasks: int = 0
    usual: int = 0

    def add(self, load: Sequence[int], capacity: Sequence[int], work: Work, soft: Sequence[int]) -> None:
        self.soft = [one + other for one, other in zip(self.soft, soft, strict=True)]
        self.load = [one + other for one, other in zip(self.load, load, strict=True)]
        self.capacity = [one + other for one, other in zip(self.capacity, capacity, strict=True)]
        self.late += work.late
        self.late_tasks += work.late_tasks
        self.undated += work.undated
        self.undated_tasks += work.undated_tasks
        self.usual += work.usual


def people_page(reader: Any, department: Any, cursor: str | None) -> Page:
    """Fifty people whose work the reader plans, by name. One statement."""
    return keyset_page(_people(reader, department), order=ORDER, cursor=cursor, size=SIZE)


def everybody(reader: Any, department: Any) -> list[User]:
    return list(_people(reader, department).order_by(*ORDER))


def departments(reader: Any) -> list[Department]:
    """Those with people whose work the reader plans. One statement."""
    reach, found = reader.reach("activities.plan"), Department.objects.order_by("path").only("name", "path")
    return list(found if reach.everybody else found.filter(people__in=reach.people).distinct())


def grid(people: Sequence[User], asked: Asked) -> Grid:
    """Cells and sums of the people. Five statements, one more for each source of load."""
    held, hours, calendar = capacities(people, asked.today)
    columns = columns_of(hours, asked.today, asked.first)
    keys = [person.pk for person in people]
    work = work_of(keys, asked.today, asked.at)
    others = from_sources(keys, columns)
    sums, rows = Sums(), []
    for person in people:
        rows.append(_row(person, held[person.pk], work[person.pk], others, columns, asked, sums))
    return Grid(
        headings=[_heading(columns.day(place), calendar) for place in range(COLUMNS)],
        rows=rows,
        totals=_totals(sums, asked),
        usual=sums.usual,
        days_off=_days_off(columns, calendar),
        people=len(people),
        roles=[_role_row(name, *both) for name, both in sorted(others.roles.items())],
    )


def columns_of(hours: Hours, today: date, first: int) -> Columns:
    """The next fifteen days on which the company works; days as they come where it never does."""
    first = min(max(first, 0), FURTHEST)
    days = range(first, len(hours.minutes))
    ends = [day for day in days if hours.minutes[day]][:COLUMNS]
    rest = [day for day in days if not ends or day > ends[-1]]
    return Columns(today, first, ends + rest[: COLUMNS - len(ends)])


def load_of(work: Work, weights: Weights, columns: Columns, more: Sequence[int] = ()) -> list[int]:
    """`more`: what other rooms add, by column."""
    found = loads(work.piles, weights, columns.first, columns.ends)
    return [one + other for one, other in zip(found, more, strict=True)] if more else found


def capacity_in(weights: Weights, columns: Columns) -> list[int]:
    passed, before, found = weights.passed, columns.first, []
    for end in columns.ends:
        found.append(passed[end + 1] - passed[before])
        before = end + 1
    return found


def why_off(capacity: Capacity, columns: Columns, place: int) -> str:
    """Why somebody does not work in a column: a kind of absence, or “off”; empty where they do."""
    since, until = columns.span(place)
    for day in range(until - 1, since - 1, -1):
        if day in capacity.absences and (capacity.worked[day] or day == until - 1):
            return capacity.absences[day]
    return "" if any(capacity.worked[since:until]) else "off"


def meetings_in(capacity: Capacity, columns: Columns) -> list[int]:
    found = [0] * COLUMNS
    if capacity.meetings:
        places = columns.places
        for day, minutes in capacity.meetings.items():
            if 0 <= day - columns.first < len(places):
                found[places[day - columns.first]] += minutes
    return found


def _row(
    person: User, held: Capacity, work: Work, others: FromSources, columns: Columns, asked: Asked, sums: Sums
) -> Row:  # fmt: skip
    weights, more = Weights(held), others.load.get(person.pk, ())
    soft = others.soft.get(person.pk) or [0] * COLUMNS
    moved = moved_work(work, person.pk, asked.draft.shifts)
    load = load_of(moved, weights, columns, more)
    before = load if moved is work else load_of(work, weights, columns, more)
    capacity, meetings = capacity_in(weights, columns), meetings_in(held, columns)
    sums.add(load, capacity, moved, soft)
    key, today = person.pk, asked.today.toordinal()
    said_in, is_share = words.language(), asked.is_share
    cells = [_apart(key, "late", moved.late_tasks, moved.late)]
    for place, (minutes, most) in enumerate(zip(load, capacity, strict=True)):
        why = why_off(held, columns, place) if held.absences or not most else ""
        was = before[place] if before[place] != minutes else -1
        css, text = words.cell(minutes, most, meetings[place], why, was, is_share, said_in, soft[place])
        cells.append(CELL.format(css, key, today + columns.ends[place], text))
    total = words.cell(sum(load), sum(capacity), 0, "", -1, is_share, said_in, sum(soft))
    cells += [PLAIN.format("kt", total.text), _apart(key, "undated", moved.undated_tasks, moved.undated)]
    return Row(SafeString(key), person.name, SafeString("".join(cells)))


def _apart(key: int, part: str, tasks: int, minutes: int) -> str:
    """A cell beside the days: how many tasks, and their time."""
    text = words.tasks_text(tasks, minutes)
    return CELL.format("kl", key, part, text) if text else PLAIN.format("kl", "")


def _totals(sums: Sums, asked: Asked) -> SafeString:
    said_in, is_share = words.language(), asked.is_share
    days = zip(sums.load, sums.capacity, sums.soft, strict=True)
    cells = [words.cell(load, most, 0, "", -1, is_share, said_in, soft) for load, most, soft in days]
    total = words.cell(sum(sums.load), sum(sums.capacity), 0, "", -1, is_share, said_in, sum(sums.soft))
    late = words.tasks_text(sums.late_tasks, sums.late)
    undated = words.tasks_text(sums.undated_tasks, sums.undated)
    line = [("kl", late), *cells, ("kt", total.text), ("kl", undated)]
    return SafeString("".join(PLAIN.format(css, text) for css, text in line))


def _role_row(name: str, load: Sequence[int], soft: Sequence[int]) -> tuple[str, SafeString]:
    """What waits, or is expected, for whoever of a role takes it; nobody's capacity stands against it."""
    pairs = [*zip(load, soft, strict=True), (sum(load), sum(soft))]
    cells = [("", words.of_role(work, expected, words.language())) for work, expected in pairs]
    line = [("kl", ""), *cells[:-1], ("kt", cells[-1][1]), ("kl", "")]
    return role_title(name), SafeString("".join(PLAIN.format(css, text) for css, text in line))


def _people(reader: Any, department: Any) -> Any:
    reach = reader.reach("activities.plan")
    people = User.objects.active().only(*FIELDS)
    if not reach.everybody:
        people = among(people, sorted(reach.people))
    return people.below(department) if department is not None else people


def _heading(day: date, calendar: Calendar) -> Heading:
    special = calendar.exceptions.get(day)
    note = special.name if special and calendar.reason(day) is Reason.SPECIAL else ""
    return Heading(words.weekday(day), words.short_day(day), words.long_day(day), note)


def _days_off(columns: Columns, calendar: Calendar) -> list[str]:
    """Holidays between the columns, which have none of their own."""
    days = [columns.today + timedelta(days=place) for place in range(columns.first, columns.ends[-1] + 1)]
    return [
        _("%(day)s, %(name)s") % {"day": words.long_day(day), "name": calendar.exceptions[day].name}
        for day in days
        if calendar.reason(day) is Reason.HOLIDAY
    ]
