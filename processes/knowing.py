"""What publish checks know of the installation: fields, actions, roles with their people, processes."""

from django.db.models import Count, Q

from foundation.automation import all_actions, all_subjects, subject
from foundation.facts import catalogue
from processes.checks import Known
from processes.conditions.checking import fields_of
from processes.models import Process
from processes.running.own_actions import LABELS, REQUIRED
from users.models import Department, Role, User


def known(process: Process) -> Known:
    """Everything the checks of one process ask about, in five statements."""
    here = Q(people__is_active=True)
    roles = dict(Role.objects.annotate(n=Count("people", filter=here)).values_list("key", "n"))
    actions = all_actions()
    return Known(
        subject_kind=process.subject_kind,
        fields=frozenset(fields_of(process.subject_kind)),
        actions=frozenset(actions) | frozenset(LABELS),
        roles=roles,
        processes=frozenset(Process.objects.exclude(pk=process.pk).values_list("key", flat=True)),
        facts=frozenset(catalogue()),
        people=frozenset(User.objects.active().values_list("pk", flat=True)),
        required={name: action.required for name, action in actions.items()} | REQUIRED,
        taken_on={name: action.subject for name, action in actions.items()},
        reached=_reached(process.subject_kind),
        departments=_departments(),
    )


def _departments() -> dict[int, int]:
    """{department: active people in it and in those below it}."""
    here = Q(people__is_active=True, people__is_robot=False)
    found = list(Department.objects.annotate(n=Count("people", filter=here)).values_list("pk", "path", "n"))
    return {
        pk: sum(count for _pk, other, count in found if other.startswith(path)) for pk, path, _count in found
    }


def _reached(kind: str) -> frozenset[str]:
    """The kinds of record a run has at hand: its own, and those its record belongs to."""
    if kind not in all_subjects():
        return frozenset({kind})
    columns = {field.name for field in subject(kind).model._meta.concrete_fields if field.is_relation}
    return frozenset({kind} | {each for each in all_subjects() if each in columns})
