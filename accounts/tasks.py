"""Celery's doors into clients: the search for doubles, how complete clients are, the indexes of custom fields."""

from celery import shared_task
from django.utils import timezone

from accounts.completeness import counting
from accounts.custom import indexes
from accounts.duplicates import scanning


@shared_task(name="accounts.find_duplicates", expires=3600)
def find_duplicates() -> int:
    return scanning.scan(at=timezone.now()).found


@shared_task(name="accounts.keep_completeness", expires=600)
def keep_completeness() -> int:
    return counting.keep_all(at=timezone.now())


@shared_task(name="accounts.keep_custom_indexes", expires=600)
def keep_custom_indexes() -> int:
    return indexes.keep_indexes()
