"""Celery's doors into processes."""

from celery import shared_task
from django.utils import timezone

from processes import notices, schedules, tidying
from processes.arrivals import keeping
from processes.moving import batches
from processes.running import jobs
from processes.sending import draining


@shared_task(name="processes.drain", expires=60)
def drain() -> int:
    done = jobs.drain()
    notices.tell_of_work(timezone.now())
    sent = draining.drain()
    return done + sent


@shared_task(name="processes.begin_scheduled", expires=60)
def begin_scheduled() -> int:
    return schedules.begin_due(timezone.now())


@shared_task(name="processes.tell_weekly", expires=24 * 3600)
def tell_weekly() -> int:
    return tidying.tell_weekly(timezone.now())


@shared_task(name="processes.look_ahead", expires=60)
def look_ahead() -> int:
    return keeping.refresh(timezone.now())


@shared_task(name="processes.move_runs", expires=60)
def move_runs() -> int:
    return batches.carry_on_all()


@shared_task(name="processes.forget_moves")
def forget_moves() -> int:
    return batches.forget(timezone.now())
