"""What a head should look at: how much waits with whom, who is away, what belongs to nobody. A statement for each kind.

Nothing is counted beyond a cap: an exception that a hundred rows have is read the same as one that a thousand have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BigIntegerField, Func
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from activities.models import Absence, Task, TaskState
from activities.queries.my_day import Day
from activities.queries.planner_overload import Overload, overloaded
from activities.queries.planner_words import clock
from deals.models import Deal
from deals.queries.quiet import is_quiet
from foundation.keyset import CappedCount, capped_count
from foundation.statements import statement
from users.models import User

CAP = 99
MOST_PEOPLE = 300
MOST_SHOWN = 50
PLAN = "activities.plan"
COUNTS = """
    SELECT person.key, {counts} FROM unnest(%s::bigint[]) AS person (key)
"""
COUNT = "(SELECT count(*) FROM ({rows}) AS {name})"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the rows behind it; `url` is empty where there are none."""

    text: str
    url: str = ""
    title: str = ""


NOTHING = Cell("")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Away:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Overloaded:
    """Somebody with more work than time on some of the next days; `url` opens the worst of them."""

    name: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Tile:
    title: Any
    number: str
    note: str
    url: str
    is_bad: bool = False


def has_team(person: Any) -> bool:
    """Does the person plan the work of others?"""
    return person.may(PLAN) and len(person.policy.colleagues) > 1


def team_day(person: Any, at: datetime, *, everybody: bool = False) -> dict[str, Any]:
    """At most eight statements, whatever the size of the team; those with most waiting first, `unseen` more of them."""
    colleagues = sorted(person.policy.colleagues)[:MOST_PEOPLE]
    names = dict(
        User.objects.active().filter(pk__in=colleagues).order_by("sort_key", "pk").values_list("pk", "name")
    )
    sees_deals = person.may("deals.view")
    kinds = _kinds(at, sees_deals)
    counts = _counts(list(names), kinds)
    away = _away(list(names), person, at)
    waiting = sorted((key for key in names if any(counts[key])), key=lambda key: -sum(counts[key]))
    shown = waiting if everybody else waiting[:MOST_SHOWN]
    rows = [_person(key, names[key], counts[key], kinds, away) for key in shown]
    return {
        "headings": [kind.title for kind in kinds],
        "people": rows,
        "unseen": len(waiting) - len(shown),
        "away": list(away.values()),
        "tiles": [*_totals(counts, kinds, list(names)), *_nobodys(person, sees_deals)],
        "size": len(names),
    }


def team_load(person: Any, at: datetime) -> list[Overloaded]:
    """People of the team, the worst day of anybody first."""
    day = Day(person, at)
    people = User.objects.active().filter(pk__in=sorted(person.policy.colleagues)[:MOST_PEOPLE])
    found: dict[int, list[Overload]] = {}
    for each in overloaded(list(people.order_by("sort_key", "pk")), day.today, at=at):
        found.setdefault(each.person.pk, []).append(each)
    return [_overloaded(days, day) for days in found.values()]


def _overloaded(days: list[Overload], day: Day) -> Overloaded:
    worst = days[0]
    text = ngettext("on %(n)s day", "on %(n)s days", len(days)) % {"n": len(days)}
    said = _("%(days)s; worst %(day)s: %(load)s of work, %(capacity)s of time") % {
        "days": text,
        "day": day.day(worst.day),
        "load": clock(worst.load),
        "capacity": clock(worst.capacity),
    }
    return Overloaded(worst.person.name, said, worst.url)


@dataclass(frozen=True)
class Kind:
    """One kind of exception: its rows for a person, by `key`, and the list that opens them."""

    title: Any
    rows: Any
    list_url: str
    asked: dict[str, Any]
    by: str = "owner"

    def url(self, people: Sequence[int]) -> str:
        asked = [*self.asked.items(), *((self.by, key) for key in people)]
        return f"{self.list_url}?{urlencode(asked)}"

    @cached_property
    def url_of_one(self) -> str:
        """The list of one person; their key comes after it."""
        return f"{self.list_url}?{urlencode([*self.asked.items(), (self.by, '')])}"


def _kinds(at: datetime, sees_deals: bool) -> list[Kind]:
    tasks, deals = Task.objects.open().order_by(), Deal.objects.open().order_by()
    key = Func(template="person.key", output_field=BigIntegerField())
    listed = reverse("activities:tasks")
    kinds = [
        Kind(
            _("Overdue tasks"),
            tasks.overdue(at=at).filter(owner_id=key).exclude(state=TaskState.REVIEW),
            listed,
            {"overdue": 1},
        ),
        Kind(
            _("To accept"),
            tasks.filter(controller_id=key, state=TaskState.REVIEW),
            listed,
            {},
            by="accepting",
        ),
    ]
    if sees_deals:
        listed = reverse("deals:list")
        kinds += [
            Kind(
                _("Deals without a next step"),
                deals.without_next_step().filter(owner_id=key),
                listed,
                {"no_step": 1},
            ),
            Kind(
                _("Deals quiet beyond the norm"),
                deals.filter(is_quiet(at), owner_id=key),
                listed,
                {"quiet": 1},
            ),
        ]
    return kinds


def _counts(people: list[int], kinds: list[Kind]) -> dict[int, tuple[int, ...]]:
    """By person: how many of each kind, at most CAP + 1; one statement, a walk of an index for each person and kind."""
    said: list[Any] = []
    counts = []
    for place, kind in enumerate(kinds):
        sql, values = statement(kind.rows.values_list("pk")[: CAP + 1])
        counts.append(COUNT.format(rows=sql, name=f"found_{place}"))
        said += values
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(counts=", ".join(counts)), [*said, people])
        return {key: tuple(found) for key, *found in cursor.fetchall()}


def _person(key: int, name: str, counts: tuple[int, ...], kinds: list[Kind], away: dict[int, Away]) -> Person:
    cells = tuple(
        Cell(_number(count), f"{kind.url_of_one}{key}", kind.title) if count else NOTHING
        for count, kind in zip(counts, kinds, strict=True)
    )
    return Person(name, away[key].text if key in away else "", cells)


def _totals(counts: dict[int, tuple[int, ...]], kinds: list[Kind], people: list[int]) -> list[Tile]:
    tiles = []
    for place, kind in enumerate(kinds):
        found = [count[place] for count in counts.values()]
        with_any = [key for key, count in counts.items() if count[place]]
        is_exact = max(found, default=0) <= CAP
        text = f"{sum(min(each, CAP) for each in found)}{'' if is_exact else '+'}"
        note = (
            _("with %(n)s of %(all)s people") % {"n": len(with_any), "all": len(people)}
            if with_any
            else _("nobody")
        )
        tiles.append(
            Tile(
                kind.title, text, note, kind.url(with_any) if with_any else "", place == 0 and bool(with_any)
            )
        )
    return tiles


def _nobodys(person: Any, sees_deals: bool) -> list[Tile]:
    """Clients and deals that the person sees and nobody owns."""
    tiles = []
    if person.may("accounts.view"):
        count = capped_count(Account.objects.visible_to(person).unassigned(), CAP)
        tiles.append(_nobodys_tile(_("Clients of nobody"), count, f"{reverse('accounts:list')}?owner=none"))
    if sees_deals:
        count = capped_count(Deal.objects.visible_to(person).open().filter(owner__isnull=True), CAP)
        tiles.append(
            _nobodys_tile(_("Deals of nobody"), count, f"{reverse('deals:list')}?owner=none&state=open")
        )
    return tiles


def _nobodys_tile(title: str, count: CappedCount, url: str) -> Tile:
    return Tile(title, count.text, _("without an owner"), url if count.n else "")


def _away(people: list[int], person: Any, at: datetime) -> dict[int, Away]:
    day = Day(person, at)
    absent = Absence.objects.filter(person_id__in=people, starts_on__lte=day.today, ends_on__gte=day.today)
    rows = absent.order_by("person__sort_key", "pk").values_list(
        "person_id", "person__name", "kind", "ends_on", "substitute__name"
    )
    found = {}
    for key, name, kind, ends_on, substitute in rows:
        text = _("%(why)s until %(day)s") % {"why": Absence.Kind(kind).label, "day": day.day(ends_on)}
        if substitute:
            text = _("%(away)s; %(name)s stands in") % {"away": text, "name": substitute}
        found[key] = Away(name, text)
    return found


def _number(count: int) -> str:
    return f"{CAP}+" if count > CAP else str(count)
