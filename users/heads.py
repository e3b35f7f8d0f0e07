"""Who leads whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from users.handing_over import Mention, mention
from users.models import Department


def register() -> None:
    mention(Mention(key="department", words=_("Leads a department"), names=_led_by, order=10))


def _led_by(person_id: int) -> list[str]:
    return list(Department.objects.filter(head=person_id).order_by("path").values_list("name", flat=True))


def heads_of(people: Sequence[Any]) -> dict[int, int | None]:
    """The key of each person's head: of their department, or of the nearest above it whom they are not themselves."""
    if not people:
        return {}
    departments = {
        key: (path, head)
        for key, path, head in Department.objects.order_by().values_list("pk", "path", "head_id")
    }
    return {person.pk: _head(person, departments) for person in people}


def _head(person: Any, departments: Mapping[int, tuple[str, int | None]]) -> int | None:
    path, _own = departments.get(person.department_id or 0, ("", None))
    for key in reversed([int(each) for each in path.split("/") if each]):
        head = departments.get(key, ("", None))[1]
        if head is not None and head != person.pk:
            return head
    return None
