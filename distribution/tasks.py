"""Celery's door into distribution."""

from celery import shared_task
from django.utils import timezone

from distribution import operations


@shared_task(name="distribution.give_waiting", expires=60)
def give_waiting() -> int:
    return operations.give_waiting(at=timezone.now())
