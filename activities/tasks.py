"""Celery's doors into activities."""

from celery import shared_task
from django.utils import timezone

from activities import laying_out
from activities.reminding import breaches, setting, telling


@shared_task(name="activities.remind", expires=60)
def remind() -> int:
    return telling.tell_due()


@shared_task(name="activities.note_breaches", expires=60)
def note_breaches() -> int:
    return breaches.note_breaches()


@shared_task(name="activities.set_coming_reminders", expires=600)
def set_coming_reminders() -> None:
    setting.set_coming(timezone.now())


@shared_task(name="activities.extend_series", expires=3600)
def extend_series() -> int:
    return laying_out.extend_series(timezone.now())
