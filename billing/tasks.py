"""Celery's doors into money."""

from celery import shared_task
from django.utils import timezone

from billing import loyalty, overdue, quotes, recurring
from billing.documents import printing


@shared_task(name="billing.tell_overdue", expires=1800)
def tell_overdue() -> int:
    return overdue.tell_overdue(at=timezone.now())


@shared_task(name="billing.make_recurring", expires=1800)
def make_recurring() -> int:
    return recurring.make_due(at=timezone.now())


@shared_task(name="billing.make_prints", expires=60)
def make_prints() -> int:
    return printing.make_due()


@shared_task(name="billing.move_levels", expires=3600)
def move_levels() -> int:
    return loyalty.move_levels(at=timezone.now())


@shared_task(name="billing.expire_quotes", expires=1800)
def expire_quotes() -> int:
    return quotes.tell_expired(at=timezone.now())
