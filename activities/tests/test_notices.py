"""Who is told when something happens to tasks, notes, meetings and deals; and what the digests say of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from accounts.testing import make_account
from activities import digest_sections
from activities.models import Absence, Note, Task
from activities.testing import make_task
from deals.testing import make_deal, make_pipeline
from foundation.drain import drain
from users.models import Notification, User
from users.testing import Cast

pytestmark = pytest.mark.django_db


def told(kind: str) -> dict[str, str]:
    """Who was told of this kind, and in which words."""
    drain()
    rows = Notification.objects.filter(kind=kind).values_list("person__name", "title", "text")
    return {name: f"{title} / {text}" for name, title, text in rows}


def test_whoever_is_given_a_task_is_told_and_not_who_plans_their_own(cast: Cast) -> None:
    make_task(cast.salesperson, "My own")
    make_task(cast.salesperson, "Send the offer", by=cast.head)
    assert told("task.assigned") == {"Sam Porter": "Send the offer / Given to you by Helena Marsh."}


def test_given_to_somebody_else_both_hear_of_it(cast: Cast) -> None:
    task = make_task(cast.salesperson, "Send the offer")
    task.reassign(cast.colleague, by=cast.head, at=timezone.now())
    said = told("task.assigned")
    assert "Given to you" in said["Clara Benson"]
    assert said["Sam Porter"] == "Send the offer / Now with Clara Benson."


def test_handed_in_sent_back_and_accepted_each_side_hears_of_its_turn(cast: Cast) -> None:
    task = make_task(cast.salesperson, "Offer", by=cast.head, controller=cast.head)
    task.finish(outcome="Sent", by=cast.salesperson, at=timezone.now())
    assert set(told("task.submitted")) == {"Helena Marsh"}
    task.send_back("The price is missing", by=cast.head, at=timezone.now())
    drain()
    assert "The price is missing" in Notification.objects.get(person=cast.salesperson).text
    task.finish(by=cast.salesperson, at=timezone.now())
    task.finish(by=cast.head, at=timezone.now())
    drain()
    assert Notification.objects.filter(person=cast.salesperson, title="Done: Offer").exists()


def test_who_gave_it_and_who_watches_hear_that_it_is_done(cast: Cast) -> None:
    task = make_task(cast.salesperson, "Offer", by=cast.head, watchers=[cast.support])
    drain()
    Notification.objects.all().delete()
    task.finish(outcome="They said yes", by=cast.salesperson, at=timezone.now())
    said = told("task.finished")
    assert set(said) == {"Helena Marsh", "Sonia Lind"}
    assert "They said yes" in said["Helena Marsh"]


def test_another_day_is_news_and_another_word_is_not(cast: Cast) -> None:
    task = make_task(cast.salesperson, "Offer")
    task.change({"description": "Two pages"}, by=cast.head, at=timezone.now())
    assert told("task.changed") == {}
    task.change({"due_on": date(2031, 5, 6)}, by=cast.head, at=timezone.now())
    assert "May" in told("task.changed")["Sam Porter"]


def test_mentioned_in_a_note_they_are_told(cast: Cast) -> None:
    account = make_account("Acme", owner=cast.salesperson)
    Note.add(
        "@Clara look", by=cast.salesperson, at=timezone.now(), account=account, mentioned=[cast.colleague.pk]
    )
    assert told("note.mentioned") == {"Clara Benson": "Sam Porter mentions you / @Clara look"}


def test_whoever_gets_a_deal_is_told(cast: Cast) -> None:
    make_pipeline()
    deal = make_deal("Acme, GTX Pro", owner=cast.salesperson)
    drain()
    Notification.objects.all().delete()
    deal.assign(cast.colleague, by=cast.head, at=timezone.now())
    assert "Acme, GTX Pro" in told("deal.assigned")["Clara Benson"]


def test_whoever_joins_a_deals_team_is_told_unless_they_have_left_it_again(cast: Cast) -> None:
    make_pipeline()
    deal = make_deal("Acme, GTX Pro", owner=cast.salesperson)
    deal.add_colleague(cast.colleague, by=cast.salesperson, at=timezone.now())
    deal.add_colleague(cast.head, by=cast.salesperson, at=timezone.now())
    deal.remove_colleague(cast.head, by=cast.salesperson, at=timezone.now())
    assert list(told("deal.joined")) == ["Clara Benson"]


def test_the_morning_says_what_is_late_and_what_is_today(cast: Cast) -> None:
    at = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    make_task(cast.salesperson, "Late one", due_on=date(2026, 11, 20), at=at - timedelta(days=9))
    make_task(cast.salesperson, "For today", due_on=date(2026, 11, 24), at=at - timedelta(days=9))
    make_task(cast.salesperson, "For tomorrow", due_on=date(2026, 11, 25), at=at - timedelta(days=9))
    make_task(cast.colleague, "Of Clara", due_on=date(2026, 11, 24), at=at - timedelta(days=9))
    late = digest_sections.overdue(cast.salesperson, at)
    now = digest_sections.today(cast.salesperson, at)
    assert late is not None
    assert now is not None
    assert [text.split(":")[0] for text, _url in late.lines] == ["Late one"]
    assert [text for text, _url in now.lines] == ["For today: today"]
    assert digest_sections.overdue(cast.colleague, at) is None


def test_a_day_due_is_today_at_both_ends_of_the_earth(cast: Cast) -> None:
    for zone, hour in (("Pacific/Niue", datetime(2026, 11, 24, 19, 30, tzinfo=UTC)),
                       ("Pacific/Kiritimati", datetime(2026, 11, 23, 18, 30, tzinfo=UTC))):  # fmt: skip
        User.objects.filter(pk=cast.salesperson.pk).update(time_zone=zone)
        person = User.objects.with_policy().get(pk=cast.salesperson.pk)
        Task.objects.all().delete()
        make_task(person, "For today", due_on=date(2026, 11, 24), at=hour - timedelta(days=9))
        said = digest_sections.today(person, hour)
        assert said is not None
        assert said.lines[0][0] == "For today: today"
        assert digest_sections.overdue(person, hour) is None


def test_amounts_are_told_only_to_whom_deals_are_shown(cast: Cast) -> None:
    make_pipeline()
    at = timezone.now()
    make_deal("Acme", owner=cast.salesperson, amount=500)
    said = digest_sections.without_next_step(cast.salesperson, at)
    assert said is not None
    assert "500" in said.lines[0][0]
    assert digest_sections.without_next_step(User.objects.get(is_robot=True), at) is None
    assert digest_sections.team_flow(User.objects.get(pk=cast.outsider.pk), at) is None


def test_the_head_reads_of_their_own_department_only(cast: Cast) -> None:
    make_pipeline()
    at = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    make_task(cast.salesperson, "Late", due_on=date(2026, 11, 20), at=at - timedelta(days=9))
    make_task(cast.outsider, "Late elsewhere", due_on=date(2026, 11, 20), at=at - timedelta(days=9))
    make_deal("Acme", owner=cast.salesperson, amount=500, at=at - timedelta(days=5))
    Absence.objects.create(person=cast.colleague, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 26))
    with translation.override("en"):
        late = digest_sections.team_overdue(cast.head, at)
        flow = digest_sections.team_flow(cast.head, at)
        away = digest_sections.team_absences(cast.head, at)
    assert late is not None
    assert [text for text, _url in late.lines] == ["Sam Porter: 1 overdue task"]
    assert flow is not None
    assert flow.lines[0][0].startswith("Opened: 1 (")
    assert away is not None
    assert away.lines[0][0].startswith("Clara Benson: leave")
    assert digest_sections.team_overdue(cast.outsider, at) is None
