"""Stuck deliveries can be read and tried again; calendars and rates are edited."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.models import Delivery, WorkingCalendar
from users.models import User
from users.testing import Cast

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_a_stuck_delivery_shows_its_error_and_is_tried_again(cast: Cast, client_of: ClientOf) -> None:
    now = timezone.now()
    stuck = Delivery.objects.create(
        event_id=1,
        event_at=now,
        handler="deals.handlers.x",
        attempts=8,
        stuck_at=now,
        error="ValueError: no oil",
    )
    waiting = Delivery.objects.create(event_id=2, event_at=now, handler="deals.handlers.x")
    admin, page = client_of(cast.admin), reverse("admin:foundation_delivery_changelist")
    shown = admin.get(page).content.decode()
    assert "ValueError: no oil" in shown
    assert f"/delivery/{waiting.pk}/" not in shown
    admin.post(page, {"action": "try_again", "_selected_action": [stuck.pk]})
    stuck.refresh_from_db()
    assert (stuck.stuck_at, stuck.attempts, stuck.error) == (None, 0, "")
    assert admin.get(reverse("admin:foundation_delivery_add")).status_code == 403


def test_the_companys_calendar_is_not_deleted(cast: Cast, client_of: ClientOf) -> None:
    company = WorkingCalendar.objects.get(is_default=True)
    page = reverse("admin:foundation_workingcalendar_delete", args=[company.pk])
    assert client_of(cast.admin).post(page, {"post": "yes"}).status_code == 403
