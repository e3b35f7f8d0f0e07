"""The workers' app. Tasks are wake-ups; what is due lies in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("romashka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "drain": {"task": "foundation.drain", "schedule": 5.0},
    "imports": {"task": "integrations.run_imports", "schedule": 10.0},
    "keep house": {"task": "foundation.keep_house", "schedule": 6 * 3600.0},
}
