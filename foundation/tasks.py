"""Celery's doors into the ground floor."""

from celery import shared_task

from foundation import drain as draining
from foundation import once, partitions


@shared_task(name="foundation.drain", expires=60)
def drain() -> int:
    return draining.drain()


@shared_task(name="foundation.keep_house")
def keep_house() -> None:
    partitions.ensure_coming_months()
    partitions.forget_old_deliveries()
    once.forget_old_nonces()
