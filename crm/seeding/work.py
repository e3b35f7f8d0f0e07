"""Open tasks, meetings and absences of the coming weeks, for two hundred people: what the planner adds up."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from activities.due import end_of
from activities.models import Absence, Meeting, Occurrence, Task
from crm.demo import words
from crm.seeding.feed import Feed
from foundation.search_text import normalised, sort_key
from users.models import Department, Role, User
from users.testing import hashed_demo

LOADED = (Task, Meeting, Occurrence)
TASKS, TASKS_PER_DEAL, PEOPLE = 20_000, 2, 200
MEETINGS_PER_PERSON, DAYS = 4, 42
ESTIMATES = ("15", "30", "30", "45", "60", "60", "90", "120", "240", r"\N", r"\N", r"\N")
NULL = r"\N"
TASK = [
    "id", "title", "kind", "state", "owner_id", "author_id", "team_ids", "due_on", "due_at", "due_by", "starts_on",
    "estimate", "planned_at", "search_text",
]  # fmt: skip
MEETING = [
    "id", "title", "owner_id", "author_id", "team_ids", "starts_at", "ends_at", "time_zone", "uid", "planned_at",
    "search_text",
]  # fmt: skip
OCCURRENCE = ["meeting_id", "original_at", "starts_at", "ends_at", "people_ids"]


def make_planned_people() -> list[int]:
    """Active people, made up to two hundred by agents of a Service department; those already there stay."""
    people = list(User.objects.active().order_by("pk").values_list("pk", flat=True))
    service, _made = Department.objects.get_or_create(name="Service desk", parent=None)
    missing = []
    for number in range(len(people) + 1, PEOPLE + 1):
        first, last = words.ENGLISH_FIRST, words.ENGLISH_LAST
        email, name = (
            f"agent{number}@romashka.example",
            f"{first[number % len(first)]} {last[-number % len(last)]}",
        )
        derived = {"sort_key": sort_key(name), "search_text": normalised(name, email)}
        missing.append(User(email=email, name=name, department=service, password=hashed_demo(), **derived))
    made = User.objects.bulk_create(missing, ignore_conflicts=True)
    emails = [user.email for user in made]
    keys = list(User.objects.filter(email__in=emails).order_by("pk").values_list("pk", flat=True))
    support, holds = Role.objects.get(key="support"), User.roles.through
    holds.objects.bulk_create([holds(user_id=key, role_id=support.pk) for key in keys], ignore_conflicts=True)
    return people + keys


def copy_work(
    feed: Feed, people: Sequence[int], tasks: int, first: tuple[int, int], now: datetime, dice: random.Random
) -> None:
    """Lines for all of it; `first` are the first free keys of tasks and meetings."""
    today = now.date()
    first_task, first_meeting = first
    _tasks(feed, people, tasks, first_task, today, now, dice)
    _meetings(feed, people, meetings_of(people), first_meeting, today, now, dice)


def make_absences(people: Sequence[int], seed: int, now: datetime) -> None:
    """Leaves of every fifth person who has none: nobody is absent twice at a time. Dice of its own, for how often
    they are thrown depends on who is there already."""
    dice, today = random.Random(seed), now.date()
    taken = set(Absence.objects.order_by("pk").values_list("person_id", flat=True))
    starts = {
        key: today + timedelta(days=int(dice.random() * DAYS)) for key in people[::5] if key not in taken
    }
    Absence.objects.bulk_create(
        Absence(person_id=key, starts_on=day, ends_on=day + timedelta(days=int(dice.random() * 10)))
        for key, day in starts.items()
    )


def meetings_of(people: Sequence[int]) -> int:
    return len(people) * MEETINGS_PER_PERSON


def _tasks(
    feed: Feed, people: Sequence[int], count: int, first: int, today: date, now: datetime, dice: random.Random
) -> None:
    table, roll = feed.table(Task, TASK), dice.random
    titles = [(title, normalised(title)) for title in words.ENGLISH_STEPS]
    for number in range(count):
        owner = people[number % len(people)]
        title, plain = titles[number % len(titles)]
        luck = roll()
        day = today + timedelta(days=int(roll() * 60) - 3)
        due_on, due_at, due_by, starts = str(day), NULL, end_of(day, "UTC").isoformat(), NULL
        if luck < 0.05:
            due_on, due_by = NULL, NULL
        elif luck < 0.2:
            due_on, due_at = NULL, datetime.combine(day, time(9 + int(roll() * 8)), UTC).isoformat()
            due_by = due_at
        elif luck < 0.3:
            starts = str(day - timedelta(days=int(roll() * 6)))
        table.add(
            f"{first + number}\t{title} {number}\tcall\tnew\t{owner}\t{owner}\t{{{owner}}}\t{due_on}\t{due_at}\t"
            f"{due_by}\t{starts}\t{ESTIMATES[int(roll() * len(ESTIMATES))]}\t{now.isoformat()}\t{plain} {number}"
        )


def _meetings(
    feed: Feed, people: Sequence[int], count: int, first: int, today: date, now: datetime, dice: random.Random
) -> None:
    meetings, occurrences = feed.table(Meeting, MEETING), feed.table(Occurrence, OCCURRENCE)
    for number in range(count):
        owner = people[number % len(people)]
        team = sorted({owner, *dice.sample(people, min(2, len(people)))})
        named = "{" + ",".join(map(str, team)) + "}"
        starts = datetime.combine(today, time(9), UTC) + timedelta(
            days=int(dice.random() * DAYS), minutes=15 * int(dice.random() * 32)
        )
        ends = starts + timedelta(minutes=30 + 30 * int(dice.random() * 3))
        uid = UUID(int=first + number)  # of its key, so that a second load adds others
        meetings.add(
            f"{first + number}\tReview {number}\t{owner}\t{owner}\t{named}\t{starts}\t{ends}\tUTC\t{uid}\t"
            f"{now.isoformat()}\treview {number}"
        )
        occurrences.add(f"{first + number}\t{starts}\t{starts}\t{ends}\t{named}")
