"""Activities as people do them: a call done with its next step, and a day that is the same day everywhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.testing import make_account
from activities.models import Task
from activities.queries.due_marks import due_text
from activities.testing import make_task
from deals.models import Deal
from deals.testing import make_deal, make_pipeline
from users.models import User
from users.testing import Cast

Visit = Callable[..., Page]
ENDS_OF_THE_WORLD = ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kolkata"]  # UTC+14, UTC−11, UTC+5:30


@pytest.fixture
def deal(cast: Cast) -> Deal:
    account = make_account("Daisy & Sons", owner=cast.salesperson)
    return make_deal(
        "Daisies for the lobby", owner=cast.salesperson, account=account, pipeline=make_pipeline()
    )


def test_a_call_is_not_done_until_its_next_step_is_said(cast: Cast, visit: Visit, deal: Deal) -> None:
    today = timezone.localdate()
    call = make_task(
        cast.salesperson, "Call about the offer", kind="call", due_on=today, account=deal.account, deal=deal
    )
    page = visit(cast.salesperson, call.get_absolute_url())
    page.get_by_role("link", name="Done").first.click()
    dialog = page.locator("dialog[open]")
    title = dialog.locator("[name=next_title]")
    title.fill("")
    dialog.locator("[data-main]").click()
    expect(dialog.locator("[data-form-errors]")).to_be_visible()
    call.refresh_from_db()
    assert call.is_open
    title.fill("Send the contract")
    dialog.locator("[name=next_on]").fill((today + timedelta(days=2)).isoformat())
    dialog.locator("[data-main]").click()
    expect(page.locator(".toast-note").first).to_be_visible()
    call.refresh_from_db()
    assert not call.is_open
    follower = Task.objects.get(title="Send the contract")
    assert (follower.deal_id, follower.due_on) == (deal.pk, today + timedelta(days=2))
    deal.refresh_from_db()
    assert (deal.next_step, deal.next_step_on) == ("Send the contract", follower.due_on)


@pytest.mark.parametrize("zone", ENDS_OF_THE_WORLD)
def test_a_task_is_due_on_the_day_its_author_said_wherever_one_reads_it(
    cast: Cast, visit: Visit, deal: Deal, zone: str
) -> None:
    """Planned in a browser at one end of the world, read there and elsewhere."""
    User.objects.filter(pk=cast.salesperson.pk).update(time_zone=zone)
    day = timezone.localdate() + timedelta(days=20)
    author = visit(cast.salesperson, f"/tasks/new/?deal={deal.pk}", timezone_id=zone)
    author.locator("#id_title").fill("Send samples")
    author.locator("#id_due_on").fill(day.isoformat())
    author.locator("main form button.btn-primary").first.click()
    author.wait_for_url(lambda url: "/new/" not in url)
    task = Task.objects.get(title="Send samples")
    assert task.due_on == day
    said = due_text(day, None, timezone.localdate())
    for reader, reader_zone in (
        (cast.salesperson, zone),
        (cast.head, "UTC"),
        (cast.admin, "America/New_York"),
    ):
        User.objects.filter(pk=reader.pk).update(time_zone=reader_zone)
        page = visit(reader, task.get_absolute_url(), timezone_id=reader_zone)
        expect(page.locator("main .page-head")).to_contain_text(said)
        page.goto(f"/tasks/{task.pk}/edit/")
        if page.locator("#id_due_on").count():
            expect(page.locator("#id_due_on")).to_have_value(day.isoformat())
