"""Celery's doors into deals: what is learnt at night."""

from celery import shared_task
from django.utils import timezone

from deals import calibrating


@shared_task(name="deals.recalibrate", expires=3600)
def recalibrate() -> int:
    return len(calibrating.recalibrate(at=timezone.now()))
