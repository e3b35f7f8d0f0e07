"""What processes do when anything happens anywhere: runs begin, runs that waited go on."""

from typing import Any

from django.utils import timezone

from foundation.automation import all_subjects
from foundation.models import Event, EventSubject
from processes import batches
from processes.models import Job, Subscription, Trigger
from processes.questions import OWN
from processes.running import starting
from processes.running.values import Values
from users.models import User


def heard(event: Event) -> None:
    """Every start is decided by one look at the record, and only then the first of them begins."""
    about = dict(
        EventSubject.objects.filter(event_id=event.pk, at=event.at).values_list("kind", "subject_id")
    )
    at = timezone.now()
    known = all_subjects()
    values = {kind: Values(kind, key, at) for kind, key in about.items() if kind in known}
    waiting = _wake(event, values)
    starts = _decided(event, values)
    robot = User.objects.robot()
    for trigger in starts:
        process = trigger.process
        batch = batches.of_fact(event, process, at)
        key = values[process.subject_kind].key
        starting.begin(process, key, by=robot, at=at, cause=event, batch=batch.pk if batch else None)
    Job.objects.bulk_create(waiting)


def _decided(event: Event, values: dict[str, Values]) -> list[Trigger]:
    triggers = (
        Trigger.objects.filter(kind="fact", fact=event.name, is_on=True, process__status="on")
        .select_related("process")
        .order_by("-process__priority", "process", "pk")
    )
    decided: dict[int, Trigger] = {}
    for trigger in triggers:
        known = values.get(trigger.process.subject_kind)
        if known is None or trigger.process_id in decided or _is_own(event, trigger):
            continue
        if known.holds(trigger.when):
            decided[trigger.process_id] = trigger
    return list(decided.values())


def _is_own(event: Event, trigger: Trigger) -> bool:
    """A process does not begin because of what its own runs tell of themselves."""
    return bool(event.payload.get("process_id") == trigger.process_id and event.name.startswith("process."))


def _wake(event: Event, values: dict[str, Values]) -> list[Job]:
    """Runs that waited for this fact, or for a condition that holds now, each woken by a job of its own."""
    jobs = []
    for kind, known in values.items():
        waiting = Subscription.objects.filter(
            subject_kind=kind, subject_id=known.key, fact__in=[event.name, "*"]
        ).order_by("run", "token")
        for each in waiting:
            if each.fact == "*" and each.when is None:
                jobs.append(_job(each, {"again": True}))
            elif _values_for(each, known).holds(each.when):
                jobs.append(_job(each, {"event": event.pk}))
    return jobs


def _values_for(waiting: Subscription, known: Values) -> Values:
    """What a waiting run knows: where its condition asks about answers, those are its own."""
    if OWN not in str(waiting.when):
        return known
    return Values(known.kind, known.key, known.at, waiting.run)


def _job(each: Subscription, data: dict[str, Any]) -> Job:
    return Job(run_id=each.run_id, token=each.token, kind=Job.Kind.TIMER, data=data)
