"""The calendar as it is drawn: a month one can see, and a meeting dragged to another hour and back."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from activities.testing import make_meeting
from tests.browser.conftest import violations
from users.testing import Cast

Visit = Callable[..., Page]
HOUR = 48  # pixels


def next_wednesday_at_ten() -> datetime:
    today = timezone.localdate()
    day = today + timedelta(days=(2 - today.weekday()) % 7 or 7)
    return timezone.make_aware(datetime.combine(day, time(10)))


def test_the_month_is_drawn_with_its_days_and_meetings(cast: Cast, visit: Visit) -> None:
    starts_at = next_wednesday_at_ten()
    make_meeting(cast.salesperson, "Tasting", starts_at=starts_at)
    page = visit(cast.salesperson, f"/calendar/?view=month&on={starts_at:%Y-%m-%d}")
    expect(page.locator(".fc-daygrid-event").first).to_be_visible()
    shown = page.locator(".fc-scroller").last.bounding_box()
    assert shown
    assert shown["height"] > 400
    assert violations(page) == []


def test_a_meeting_dragged_to_a_later_hour_moves_and_goes_back_with_undo(cast: Cast, visit: Visit) -> None:
    starts_at = next_wednesday_at_ten()
    meeting = make_meeting(cast.salesperson, "Tasting", starts_at=starts_at)
    page = visit(cast.salesperson, f"/calendar/?view=week&on={starts_at:%Y-%m-%d}")
    event = page.locator(".fc-timegrid-event")
    expect(event).to_be_visible()
    event.scroll_into_view_if_needed()
    box = event.bounding_box()
    assert box
    across, down = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across, down + HOUR / 2, steps=5)
    page.mouse.move(across, down + HOUR, steps=5)
    page.mouse.up()
    undo = page.locator(".toast-note").get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(event).to_contain_text("11:00")
    assert meeting.occurrences.get().starts_at == starts_at + timedelta(hours=1)  # type: ignore[attr-defined]
    undo.click()
    expect(event).to_contain_text("10:00")
    assert meeting.occurrences.get().starts_at == starts_at  # type: ignore[attr-defined]
