"""The workers' app. Tasks are wake-ups; what is due lies in the database."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("romashka")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "drain": {"task": "foundation.drain", "schedule": 5.0},
    "imports": {"task": "integrations.run_imports", "schedule": 10.0},
    "distribution": {"task": "distribution.give_waiting", "schedule": 30.0},
    "processes": {"task": "processes.drain", "schedule": 5.0},
    "scheduled processes": {"task": "processes.begin_scheduled", "schedule": 60.0},
    "dead weight": {
        "task": "processes.tell_weekly",
        "schedule": crontab(minute=0, hour=5, day_of_week="mon"),
    },
    "arrivals of processes": {"task": "processes.look_ahead", "schedule": 30.0},
    "moves of processes": {"task": "processes.move_runs", "schedule": 5.0},
    "forget moves of processes": {"task": "processes.forget_moves", "schedule": 24 * 3600.0},
    "changes": {"task": "changes.run_due", "schedule": 10.0},
    "forget selections": {"task": "changes.forget_selections", "schedule": 24 * 3600.0},
    "empty the trash": {"task": "changes.empty_trash", "schedule": 24 * 3600.0},
    "remind": {"task": "activities.remind", "schedule": 5.0},
    "deadlines": {"task": "activities.note_breaches", "schedule": 60.0},
    "coming reminders": {"task": "activities.set_coming_reminders", "schedule": 3600.0},
    "overdue invoices": {"task": "billing.tell_overdue", "schedule": 3600.0},
    "expired quotes": {"task": "billing.expire_quotes", "schedule": 3600.0},
    "loyalty levels": {"task": "billing.move_levels", "schedule": 24 * 3600.0},
    "recurring invoices": {"task": "billing.make_recurring", "schedule": 3600.0},
    "prints of invoices": {"task": "billing.make_prints", "schedule": 5.0},
    "send": {"task": "users.send", "schedule": 5.0},
    "digests": {"task": "users.send_digests", "schedule": 60.0},
    "keep inboxes": {"task": "users.keep_house", "schedule": 24 * 3600.0},
    "meetings": {"task": "activities.extend_series", "schedule": 6 * 3600.0},
    "custom indexes": {"task": "accounts.keep_custom_indexes", "schedule": 60.0},
    "completeness": {"task": "accounts.keep_completeness", "schedule": 60.0},
    "duplicates": {"task": "accounts.find_duplicates", "schedule": 24 * 3600.0},
    "probabilities": {"task": "deals.recalibrate", "schedule": 24 * 3600.0},
    "keep house": {"task": "foundation.keep_house", "schedule": 6 * 3600.0},
}
