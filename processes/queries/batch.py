"""The page of runs that began together: how many there are, how many can still be revoked, what has left."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from foundation.facts import catalogue
from processes import batches
from processes.models import Batch, Job, OutMessage, Process, Run
from processes.queries import words

MOST = 3
LATELY = timedelta(days=7)


def page_of(batch: Batch, person: Any) -> dict[str, Any]:
    """Five statements, however many runs there are."""
    by_status = dict(
        Run.objects.filter(batch=batch.pk).order_by().values_list("status").annotate(n=Count("pk"))
    )
    to_come = (
        Job.objects.filter(process=batch.process_id, kind=Job.Kind.START, data__batch=batch.pk)
        .order_by()
        .count()
    )
    sent = OutMessage.objects.filter(run__batch=batch.pk).order_by()
    messages = dict(sent.values_list("state").annotate(n=Count("pk")))
    held = sent.filter(state="waiting").aggregate(last=Max("due_at"))["last"]
    active, free = by_status.get("active", 0), batches.untouched(batch).count()
    return {
        "batch": batch,
        "process": batch.process,
        "began": words.moment_text(batch.began_at),
        "revoked_when": words.moment_text(batch.revoked_at),
        "cause": str(catalogue()[batch.fact].label) if batch.fact in catalogue() else "",
        "total": sum(by_status.values()) + to_come,
        "to_come": to_come,
        "free": free + to_come,
        "touched": active - free,
        "over": by_status.get("ended", 0),
        "waiting": messages.get("waiting", 0),
        "left": sum(n for state, n in messages.items() if state != "waiting"),
        "held": words.moment_text(held),
        "minutes": settings.PROCESS_HOLD_MINUTES,
        "may_revoke": batch.revoked_at is None and batches.may_revoke(person, batch),
    }


def latest(process: Process, person: Any) -> list[dict[str, Any]]:
    """Of the last days, for the page of the process. One statement."""
    since = timezone.now() - LATELY
    found = Batch.objects.visible_to(person).filter(process=process, began_at__gte=since)
    return [
        {
            "url": each.get_absolute_url(),
            "began": words.moment_text(each.began_at),
            "n": each.n,
            "is_over": each.revoked_at is not None,
        }
        for each in found.annotate(n=Count("runs"))[:MOST]
    ]
