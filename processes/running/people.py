"""Who does it: from “the head of the owner” to a person who is here today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from foundation.errors import Refused
from users import standing_in
from users.heads import heads_of
from users.models import Department, Role, User

MOST_OF_DEPARTMENT = 100

BY_LOAD = frozenset(
    {"least_busy", "in_turn"}
)  # ask who holds what, and so want all that was given to be written


@dataclass(frozen=True, slots=True)
class Holder:
    """A person, or a role whose people may take the work. `instead_of`: who is away."""

    person: User | None = None
    role: str = ""
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """Whom the words of `who` may mean: who began the run, who is responsible for the process, and in `owners`, a
    queryset of keys, whoever owns the record."""

    owners: Any
    starter: int | None
    responsible: int | None


class Nobody(Refused):
    """There is nobody to do it: an incident, and never a task that waits for no one."""


def holders(who: Mapping[str, Any], around: Around, at: datetime, *, each: bool = False) -> list[Holder]:
    """Who holds a piece of work. With `each`, a role means each of its people rather than whoever takes it.

    Where the person meant is missing or has left it falls to whoever is responsible for the process; where they
    are away, to their substitute. Of several people each holds it, in the order they are named; without `each`
    whoever does it first has done it for all, so nobody holds it twice. Raises Nobody.
    """
    kind = who.get("kind", "")
    if kind == "role" and not each:
        if not _members(who["key"]):
            return [_fallback(around, at)]
        return [Holder(role=who["key"])]
    people = _meant(kind, who, around)
    if not people:
        return [_fallback(around, at)]
    away = standing_in.substitutes([person.pk for person in people], at)
    stand_ins = (
        {person.pk: person for person in User.objects.active().filter(pk__in=away.values())} if away else {}
    )
    found = []
    for person in people:
        other = stand_ins.get(away.get(person.pk, 0))
        found.append(Holder(other, instead_of=person.pk) if other else Holder(person))
    return found if each else list({each.person: each for each in reversed(found)}.values())[::-1]


def _meant(kind: str, who: Mapping[str, Any], around: Around) -> list[User]:
    match kind:
        case "person":
            return _here([who["id"]])
        case "people":
            return _here(who["ids"])
        case "department":
            return _of_department(who.get("id"), around)
        case "owner":
            return _owner(around)
        case "starter":
            return _here([around.starter])
        case "head":
            owner = _owner(around)
            return _here(list(heads_of(owner).values())) if owner else []
        case "role":
            return _members(who["key"])
        case "least_busy":
            return _least_busy(who["key"])
        case "in_turn":
            return _next_in_turn(who["key"])
    raise Refused(_("It is not said who does this."))


def _owner(around: Around) -> list[User]:
    return [] if around.owners is None else list(User.objects.active().filter(pk__in=around.owners))


def _of_department(key: int | None, around: Around) -> list[User]:
    """The people of a department and of those below it; without a key, of the department of the owner."""
    if key is None:
        owner = _owner(around)
        key = owner[0].department_id if owner else None
    path = Department.objects.filter(pk=key or 0).values_list("path", flat=True).first()
    if path is None:
        return []
    people = User.objects.active().filter(is_robot=False, department__path__startswith=path)
    return list(people.order_by("pk")[:MOST_OF_DEPARTMENT])


def _here(keys: Sequence[int | None]) -> list[User]:
    found = User.objects.active().in_bulk([key for key in keys if key is not None])
    return [found[key] for key in keys if key in found]


def _members(role: str) -> list[User]:
    return list(User.objects.active().filter(roles__key=role).order_by("pk"))


def _least_busy(role: str) -> list[User]:
    """Whoever has the least open work of processes; of several, who was given some longest ago."""
    waiting = Count("work", filter=Q(work__state="open"))
    people = User.objects.active().filter(roles__key=role)
    return list(people.annotate(n=waiting, last=Max("work__opened_at")).order_by("n", "last", "pk")[:1])


def _next_in_turn(role: str) -> list[User]:
    """Whoever was given work longest ago, who never was before all others."""
    people = User.objects.active().filter(roles__key=role).annotate(last=Max("work__opened_at"))
    return sorted(people, key=lambda person: (person.last is not None, person.last, person.pk))[:1]


def _fallback(around: Around, at: datetime) -> Holder:
    if found := _here([around.responsible]):
        return Holder(found[0])
    raise Nobody(_("There is nobody to do this: name somebody, or say who is responsible for the process."))


def people_told(holder_role: str, assignee: int | None) -> list[int]:
    """The keys of whom to tell of a piece of work."""
    if assignee is not None:
        return [assignee]
    role = Role.objects.filter(key=holder_role).first()
    return [] if role is None else list(role.people.filter(is_active=True).values_list("pk", flat=True)[:100])
