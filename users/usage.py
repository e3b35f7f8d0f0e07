"""Which parts of the house are used at all: counted in each process and written by one statement a minute.

Pages wait for nothing: a use is a number in a dictionary, and writing happens after an answer was sent or when the
process ends. Only the day, the roles and the name of the address are kept, so nobody's work can be read from it.
"""

import atexit
import logging
from collections import Counter
from collections.abc import Callable
from datetime import date
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from foundation.clock import company_day

EVERY_SECONDS = 60
MOST_KEPT = 5_000  # a process that cannot write keeps no more than this
READING = {"GET", "HEAD"}
NOT_FEATURES = {"healthz", ""}
UPSERT = """
    INSERT INTO users_featureuse (day, role, feature, opened, changed)
    SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::int[], %s::int[])
    ON CONFLICT (day, role, feature) DO UPDATE
    SET opened = users_featureuse.opened + excluded.opened, changed = users_featureuse.changed + excluded.changed
"""
logger = logging.getLogger(__name__)
Key = tuple[date, str, str, bool]


class Uses:
    """The counts of this process that are not written yet."""

    def __init__(self) -> None:
        self._counts: Counter[Key] = Counter()
        self._lock = Lock()
        self._written_at = monotonic()

    def count(self, feature: str, role: str, *, is_change: bool, on: date) -> None:
        with self._lock:
            key = (on, role[:60], feature[:100], is_change)
            if key in self._counts or len(self._counts) < MOST_KEPT:
                self._counts[key] += 1

    def is_due(self) -> bool:
        return bool(self._counts) and monotonic() - self._written_at >= EVERY_SECONDS

    def write(self) -> None:
        """One statement; what could not be written is counted on."""
        with self._lock:
            counts, self._counts, self._written_at = self._counts, Counter(), monotonic()
        if not counts:
            return
        merged: dict[tuple[date, str, str], list[int]] = {}
        for (day, role, feature, is_change), number in counts.items():
            merged.setdefault((day, role, feature), [0, 0])[is_change] += number
        days, roles, features = zip(*merged, strict=True)
        opened, changed = zip(*merged.values(), strict=True)
        try:
            with connection.cursor() as cursor:
                cursor.execute(UPSERT, [list(each) for each in (days, roles, features, opened, changed)])
        except DatabaseError:
            logger.warning("Uses of features could not be written; they are counted on.")
            with self._lock:
                self._counts.update(counts)


uses = Uses()


class UsageMiddleware:
    """Counts what was answered well, by the address's name. Stands inside the one that knows the person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match, person = request.resolver_match, request.user
        if match is not None and person.is_authenticated and response.status_code < 400:
            name = match.view_name or ""
            if name not in NOT_FEATURES and not name.startswith("admin:jsi18n"):
                uses.count(
                    name,
                    role_of(person),
                    is_change=request.method not in READING,
                    on=company_day(timezone.now()),
                )
        return response


def role_of(person: Any) -> str:
    """The roles that came with the person's rights; without them nothing is asked for."""
    return "+".join(sorted(getattr(person, "policy_roles", ())))


def write_when_due(**_kwargs: Any) -> None:
    if uses.is_due():
        uses.write()


def start() -> None:
    """Wire the writing, except in tests, whose statements are counted."""
    if settings.CRM_MODE != "test":
        request_finished.connect(write_when_due, dispatch_uid="users.usage")
        atexit.register(uses.write)
