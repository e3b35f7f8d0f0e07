"""Celery's door into imports."""

from celery import shared_task

from integrations import desk


@shared_task(name="integrations.run_imports", expires=600)
def run_imports() -> int:
    return desk.run_due()
