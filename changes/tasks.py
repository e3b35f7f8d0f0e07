"""Celery's doors into change-sets."""

from celery import shared_task
from django.utils import timezone

from changes import running
from changes.models import Selection
from changes.trash import verbs


@shared_task(name="changes.run_due", expires=600)
def run_due() -> int:
    return running.run_due(at=timezone.now())


@shared_task(name="changes.empty_trash")
def empty_trash() -> int:
    return verbs.empty_trash(at=timezone.now())


@shared_task(name="changes.forget_selections")
def forget_selections() -> None:
    Selection.forget_old(at=timezone.now())
