"""Reports about people's work: how the system is lived in, and the time of tasks in each state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.testing import make_account, make_contact
from activities.drafts import CallDraft, MeetingDraft, TaskDraft, log_calls, plan_meetings, plan_tasks
from deals.testing import make_deal
from foundation.testing import assert_query_count
from foundation.working_time import working_time_between
from reports.built_in.time_in_states import Hours
from reports.kpi_fields import kpi_fields
from reports.readers import Reader
from reports.registry import find_report
from users.calendars import USUAL
from users.models import FeatureUse
from users.usage import Uses

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def answer(person, key, **asked):
    return find_report(key).answer(Reader(person), asked)


@pytest.fixture
def busy(cast):
    by = cast.salesperson
    path = [("new", MONDAY), ("started", MONDAY + timedelta(hours=2)), ("done", MONDAY + timedelta(days=1))]
    plan_tasks([TaskDraft(title="Call", owner=by, path=path, due_on=MONDAY.date(), kind="call")], by=by)
    return by


@pytest.mark.django_db
def test_hours_of_work_are_told_by_what_happened(cast, busy):
    table = answer(cast.head, "time-in-states", **{"from": "2026-03-01", "to": "2026-03-31"})
    (row,) = table.rows
    assert (row.values["person"], row.values["tasks"]) == (cast.salesperson.name, 1)
    assert (row.values["new"], row.values["started"], row.values["together"]) == (2.0, 6.0, 8.0)
    by_kind = answer(cast.head, "time-in-states", by="kind", **{"from": "2026-03-01", "to": "2026-03-31"})
    assert [each.values["kind"] for each in by_kind.rows] == ["call"]


@pytest.mark.django_db
def test_each_figure_opens_its_tasks(cast, client_of, busy):
    head = client_of(cast.head)
    table = answer(cast.head, "time-in-states", **{"from": "2026-03-01", "to": "2026-03-31"})
    page = head.get(table.rows[0].links["started"]).content.decode()
    assert "Call" in page
    assert ">6<" in page
    other = client_of(cast.outsider).get(table.rows[0].links["started"])
    assert other.status_code == 422
    assert head.get("/reports/time-in-states/tasks/?from=2020-01-01&to=2020-02-01").status_code == 200


@pytest.mark.django_db
def test_the_outsider_reads_nothing_of_other_departments(cast, busy):
    for key in ("time-in-states", "usage"):
        rows = answer(cast.outsider, key, **{"from": "2026-03-01", "to": "2026-03-31"}).rows
        assert cast.salesperson.name not in [row.values["person"] for row in rows]


@given(
    st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 30),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_hours_looked_up_are_those_counted_day_by_day(start, length):
    until = MONDAY + timedelta(days=61)
    since = MONDAY + timedelta(minutes=start)
    hours = Hours(MONDAY, until, USUAL)
    counted = working_time_between(since, since + timedelta(minutes=length), USUAL)
    assert hours.between(since, since + timedelta(minutes=length)) == sum(
        (step.amount for step in counted.steps), timedelta()
    )


@pytest.mark.django_db
def test_how_the_system_is_lived_in(cast, busy):
    by, now = cast.salesperson, timezone.now()
    account = make_account("Acme", owner=by)
    make_contact(account)
    make_deal(owner=by, account=account, next_step="Call", next_step_on=now.date())
    make_deal("Other", owner=by, account=account)
    log_calls([CallDraft(author=by, at=now - timedelta(days=days)) for days in (0, 3)], by=by)
    hour = timedelta(hours=1)
    said = {"owner": by, "state": "held", "planned_at": now - timedelta(days=3)}
    plan_meetings(
        [
            MeetingDraft(
                title="A", starts_at=now - 3 * hour, ends_at=now - 2 * hour, outcome="Agreed", **said
            ),
            MeetingDraft(title="B", starts_at=now - 5 * hour, ends_at=now - 4 * hour, **said),
        ],
        by=by,
    )
    path = [("new", now - timedelta(days=5)), ("done", now - timedelta(days=2))]
    plan_tasks([TaskDraft(title="In time", owner=by, path=path, due_at=now - timedelta(days=1))], by=by)
    plan_tasks([TaskDraft(title="Late", owner=by, path=path[:1], due_at=now - timedelta(days=1))], by=by)
    (row,) = (row for row in answer(cast.head, "usage").rows if row.values["person"] == by.name)
    assert row.values["client-completeness"] == pytest.approx(0.2)
    assert row.values["calls-told-of"] == 0.5
    assert row.values["meetings-with-outcome"] == 0.5
    assert row.values["steps-kept"] == 0.5
    assert row.values["deals-with-next-step"] == 0.5
    assert set(row.links) == {field.key for field in kpi_fields()}


@pytest.mark.django_db
def test_the_pages_of_people_cost_what_is_recorded(cast, client_of, busy):
    head = client_of(cast.head)
    for key in ("usage", "time-in-states"):
        head.get(f"/reports/{key}/")  # calendars are kept for a minute once they were read
        with assert_query_count(f"report {key}"):
            page = head.get(f"/reports/{key}/?from=2026-03-01&to=2026-03-31")
        assert page.status_code == 200
        assert cast.salesperson.name in page.content.decode()
    for url in ("/reports/time-in-states/?by=moon", "/reports/usage/?from=2026-03-31&to=2026-03-01"):
        assert head.get(url).status_code == 422


@pytest.mark.django_db
def test_uses_are_written_by_one_statement_and_added_up(cast, django_assert_num_queries):
    uses = Uses()
    day = MONDAY.date()
    for _ in range(3):
        uses.count("deals:board", "head", is_change=False, on=day)
    uses.count("deals:board", "head", is_change=True, on=day)
    uses.count("deals:list", "", is_change=False, on=day)
    with django_assert_num_queries(1):
        uses.write()
    uses.count("deals:board", "head", is_change=False, on=day)
    uses.write()
    board = FeatureUse.objects.get(feature="deals:board")
    assert (board.opened, board.changed, FeatureUse.objects.count()) == (4, 1, 2)
    with django_assert_num_queries(0):
        uses.write()


@pytest.mark.django_db
def test_a_page_counts_its_use_by_role_and_never_by_person(cast, client_of, monkeypatch):
    from users import usage

    uses = Uses()
    monkeypatch.setattr(usage, "uses", uses)
    client_of(cast.head).get("/register/")
    client_of(cast.head).get("/register/?cursor=x")
    uses.write()
    use = FeatureUse.objects.get()
    assert (use.feature, use.role, use.opened) == ("activities:register", "head", 1)
    assert {field.name for field in FeatureUse._meta.fields} == {
        "id",
        "day",
        "role",
        "feature",
        "opened",
        "changed",
    }


@pytest.mark.django_db
def test_only_administrators_read_the_use_of_features(cast, client_of):
    today = timezone.now().date()
    FeatureUse.objects.create(day=today, role="head", feature="deals:board", opened=7)
    FeatureUse.objects.create(day=today - timedelta(days=200), role="head", feature="deals:list", opened=7)
    assert client_of(cast.head).get("/reports/feature-usage/").status_code == 403
    assert "Use of features" not in client_of(cast.head).get("/reports/").content.decode()
    admin = client_of(cast.admin)
    assert "Use of features" in admin.get("/reports/").content.decode()
    assert "head 7" in admin.get("/reports/feature-usage/").content.decode()
    unused = admin.get("/reports/feature-usage/?show=unused").content.decode()
    assert "deals:list" in unused
    assert "deals:board<" not in unused
