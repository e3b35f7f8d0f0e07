"""Celery's doors into sendings and digests."""

from celery import shared_task
from django.utils import timezone

from users import digests, sending
from users.notifications import inbox


@shared_task(name="users.send", expires=60)
def send() -> int:
    return sending.send_due()


@shared_task(name="users.send_digests", expires=60)
def send_digests() -> int:
    return digests.send_due()


@shared_task(name="users.keep_house")
def keep_house() -> None:
    now = timezone.now()
    inbox.forget_old(at=now)
    sending.forget_old(at=now)
    digests.forget_old(at=now)
