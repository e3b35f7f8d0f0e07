"""Who may put a run right: those whose reach covers the owner of its record."""

from typing import Any

from foundation.automation import all_subjects, subject
from foundation.errors import Forbidden
from processes.models import Process, Run
from processes.querysets import RunQuerySet

REPAIR = "processes.repair"


def may_repair(person: Any, run: Run) -> bool:
    """No statement for whoever reaches everybody or nobody, else one."""
    reach = person.reach(REPAIR)
    if reach.everybody or reach.is_empty:
        return bool(reach.everybody)
    about = subject(run.subject_kind) if run.subject_kind in all_subjects() else None
    if about is None or not about.of_owner:
        return False
    rows = about.model._default_manager.order_by()
    return bool(rows.filter(pk=run.subject_id, **{f"{about.of_owner}__in": list(reach.people)}).exists())


def refuse_others(person: Any, run: Run) -> None:
    if not may_repair(person, run):
        raise Forbidden(REPAIR)


def runs_to_repair(person: Any, process: Process) -> RunQuerySet:
    """The runs of a process that this person may put right."""
    reach, runs = person.reach(REPAIR), Run.objects.filter(process=process)
    if reach.everybody:
        return runs
    about = subject(process.subject_kind) if process.subject_kind in all_subjects() else None
    if reach.is_empty or about is None or not about.of_owner:
        return runs.none()
    owned = about.model._default_manager.order_by().filter(**{f"{about.of_owner}__in": list(reach.people)})
    return runs.filter(subject_kind=process.subject_kind, subject_id__in=owned.values("pk"))
