"""Whose figures a person may read, and the names that stand beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deals.models import Pipeline, Stage, StageKind
from users.models import Department, User
from users.policy import Reach


@dataclass(frozen=True)
class Person:
    pk: int
    name: str
    email: str | None
    department_id: int | None


@dataclass(frozen=True)
class Unit:
    """A department, as reports need it. `path` begins with its parent's."""

    pk: int
    name: str
    path: str
    parent_id: int | None
    head: Person | None

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2


class Reader:
    """A person reading reports: figures are of deals whose owner both `reports.view` and `deals.view` reach.

    Deals without an owner belong to nobody's reach but everybody's. Each list is read once, in one statement.
    """

    def __init__(self, user: Any) -> None:
        self.user = user
        self.reach = narrower(user.reach("reports.view"), user.reach("deals.view"))

    @cached_property
    def stages(self) -> list[Stage]:
        """All stages, pipeline by pipeline, open ones first."""
        stages = Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline_id")
        return sorted(stages, key=lambda stage: (stage.pipeline.position, stage.pipeline_id, stage.place))

    @cached_property
    def pipelines(self) -> list[Pipeline]:
        return list({stage.pipeline_id: stage.pipeline for stage in self.stages}.values())

    @cached_property
    def people(self) -> dict[int, Person]:
        """Everybody within reach, by name."""
        within = User.objects.filter(is_robot=False)
        if not self.reach.everybody:
            within = within.filter(pk__in=sorted(self.reach.people))
        rows = within.order_by("sort_key", "pk").values_list("pk", "name", "email", "department_id")
        return {row[0]: Person(*row) for row in rows}

    @cached_property
    def all_departments(self) -> dict[int, Unit]:
        names = ("pk", "name", "path", "parent_id", "head_id", "head__name")
        return {
            pk: Unit(pk, name, path, parent, Person(head, head_name, None, None) if head else None)
            for pk, name, path, parent, head, head_name in Department.objects.order_by("path").values_list(
                *names
            )
        }

    @cached_property
    def departments(self) -> list[Unit]:
        """Those within reach: all, or those where people within reach work, here or below.

        What merely leads down to the first of them, such as the company above a head's only department, is left out.
        """
        if self.reach.everybody:
            return list(self.all_departments.values())
        theirs = [self.all_departments[pk].path for pk in self._people_by_department if pk is not None]
        kept = [
            each
            for each in self.all_departments.values()
            if any(path.startswith(each.path) for path in theirs)
        ]
        while kept and self._merely_leads(kept):
            kept = kept[1:]
        return kept

    def _merely_leads(self, kept: list[Unit]) -> bool:
        """Whether the first holds nobody, is not the reader's to head, and has all others below one child."""
        top, below = kept[0], kept[1:]
        head = top.head.pk if top.head else None
        return (
            top.pk not in self._people_by_department
            and head != self.user.pk
            and all(each.path.startswith(below[0].path) for each in below)
        )

    def people_of(self, department: Unit) -> frozenset[int]:
        """People within reach of a department and those under it."""
        below = [pk for pk, each in self.all_departments.items() if each.path.startswith(department.path)]
        return frozenset().union(*(self._people_by_department.get(pk, ()) for pk in below))

    @cached_property
    def _people_by_department(self) -> dict[int | None, list[int]]:
        found: dict[int | None, list[int]] = {}
        for person in self.people.values():
            found.setdefault(person.department_id, []).append(person.pk)
        return found

    def department_of(self, person_id: int | None) -> Unit | None:
        person = self.people.get(person_id) if person_id else None
        return self.all_departments.get(person.department_id) if person and person.department_id else None

    def head_of(self, person_id: int | None) -> Person | None:
        """The head of the person's nearest department upwards that has one."""
        department = self.department_of(person_id)
        while department is not None and department.head is None:
            department = self.all_departments.get(department.parent_id) if department.parent_id else None
        return department.head if department else None


def narrower(one: Reach, other: Reach) -> Reach:
    if one.everybody:
        return other
    if other.everybody:
        return one
    return Reach(False, one.people & other.people)


def keys(stages: Iterable[Stage], kind: StageKind | None = None) -> list[int]:
    return [stage.pk for stage in stages if kind is None or stage.kind == kind]
