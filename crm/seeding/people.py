"""A hundred salespeople in twelve teams under the Sales department."""

from dataclasses import dataclass

from crm.demo import words
from foundation.search_text import normalised, sort_key
from users.models import Department, Role, User
from users.testing import hashed_demo

TEAMS, SELLERS_PER_TEAM = 12, 8


@dataclass(frozen=True)
class Team:
    head: int
    sellers: list[int]


def make_people() -> list[Team]:
    """The teams; those already there are taken as they are. Everybody signs in as sellerN@ with `demo`."""
    above = Department.objects.filter(name="Sales").order_by("path").first()
    wanted = [(team, place) for team in range(TEAMS) for place in range(SELLERS_PER_TEAM + 1)]
    departments = {
        team: Department.objects.get_or_create(name=f"Team {team + 1}", parent=above)[0]
        for team in range(TEAMS)
    }
    missing = []
    for number, (team, _place) in enumerate(wanted, 1):
        email, name = f"seller{number}@romashka.example", _name(number)
        missing.append(
            User(
                email=email,
                name=name,
                sort_key=sort_key(name),
                search_text=normalised(name, email),
                department=departments[team],
                password=hashed_demo(),
            )
        )
    User.objects.bulk_create(missing, ignore_conflicts=True)
    keys = dict(User.objects.filter(email__in=[user.email for user in missing]).values_list("email", "pk"))
    people = [keys[user.email] for user in missing]
    teams = [Team(people[at], people[at + 1 : at + 9]) for at in range(0, len(people), SELLERS_PER_TEAM + 1)]
    _give_roles(teams)
    for team, made in departments.items():
        if made.head_id is None:
            Department.objects.filter(pk=made.pk).update(head_id=teams[team].head)
    return teams


def _give_roles(teams: list[Team]) -> None:
    role_of = dict(Role.objects.values_list("key", "pk"))
    holds = User.roles.through
    holds.objects.bulk_create(
        [holds(user_id=team.head, role_id=role_of["head"]) for team in teams]
        + [
            holds(user_id=seller, role_id=role_of["salesperson"]) for team in teams for seller in team.sellers
        ],
        ignore_conflicts=True,
    )


def _name(number: int) -> str:
    first, last = words.ENGLISH_FIRST, words.ENGLISH_LAST
    return f"{first[number % len(first)]} {last[number * 7 // len(first) % len(last)]}"
