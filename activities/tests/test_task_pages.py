"""Pages of tasks: the right person sees them, the outsider nothing, a bad form says why, the statements hold."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account, make_contact
from activities.filters import TaskFilter
from activities.models import Task, TaskState, TaskTemplate
from activities.queries.tasks import ORDERS
from activities.testing import make_task
from deals.testing import make_deal, make_pipeline
from foundation.keyset import keyset_page
from foundation.models import Event
from foundation.testing import assert_query_count
from users.calendars import calendar_of

RECORD_DOORS = [
    "task", "task_timeline", "task_edit", "task_finish", "task_snooze", "task_due", "task_state", "task_cancel",
    "task_reopen", "task_undo", "task_nudge", "task_watch", "task_watcher", "task_checklist", "task_send_back",
]  # fmt: skip


def url(name, record=None, **query):
    address = reverse(f"activities:{name}", args=[record.pk] if record else [])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


@pytest.fixture
def task(cast):
    return make_task(cast.salesperson, "Send the offer", due_on=timezone.localdate() + timedelta(days=3))


@pytest.fixture
def calendar(cast):
    calendar_of(cast.salesperson)


def test_the_owner_and_their_head_see_a_task_everywhere(cast, task, client_of):
    for person in (cast.salesperson, cast.head):
        for address in (
            url("tasks"),
            url("task", task),
            url("tasks", team=1),
            reverse("search") + "?q=offer",
        ):
            text = (
                client_of(person).get(address).content.decode().replace("<mark>", "").replace("</mark>", "")
            )
            assert task.title in text, address


@pytest.mark.parametrize("name", RECORD_DOORS)
def test_the_outsider_gets_404_on_every_page_of_the_task(cast, task, client_of, name):
    outsider = client_of(cast.outsider)
    said = {
        "outcome": "x",
        "until": "1h",
        "due_on": "2030-01-01",
        "state": "started",
        "reason": "x",
        "add": "x",
    }
    assert outsider.get(url(name, task)).status_code in {404, 405}
    assert outsider.post(url(name, task, version=1, what="finish"), said).status_code in {404, 405}
    task.refresh_from_db()
    assert (task.version, task.is_open, task.checklist.exists()) == (1, True, False)


def test_the_outsider_finds_the_task_in_no_list_search_panel_or_bulk(cast, task, client_of):
    outsider = client_of(cast.outsider)
    for address in (
        url("tasks"),
        url("tasks", q=f"ID{task.pk}"),
        url("tasks", owner=cast.salesperson.pk),
        url("tasks", done=1),
        reverse("search") + "?q=offer",
        url("task_bulk", task=task.pk, do="finish"),
        url("task_create", parent=task.pk),
    ):
        assert task.title not in outsider.get(address).content.decode(), address


def test_somebody_who_may_not_give_tasks_away_is_told_which_right_it_takes(cast, task, client_of):
    answer = client_of(cast.salesperson).post(url("task_reassign", task), {"owner": cast.colleague.pk})
    assert answer.status_code == 403
    assert "Give tasks to somebody else" in answer.content.decode()


def test_a_task_is_planned_once_however_often_the_form_is_sent(cast, client_of):
    person, account = client_of(cast.salesperson), make_account("Acme", owner=cast.salesperson)
    said = {
        "title": "Call Acme", "kind": "call", "priority": "1", "due_on": "2030-01-07", "estimate": "1,5 ч",
        "client": "Acme", "account": account.pk, "repeats": "weekly", "every": "2", "weekdays": ["0", "2"],
        "ends": "times", "times": "5", "checklist": "Prices\n\n Dates ", "reminders": ["60"], "nonce": str(uuid4()),
    }  # fmt: skip
    for _turn in range(2):
        assert person.post(url("task_create"), said).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.estimate, task.account, task.due_on) == (
        "Call Acme",
        90,
        account,
        date(2030, 1, 7),
    )
    assert task.repeat == "FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=MO,WE"
    assert [line.text for line in task.checklist.all()] == ["Prices", "Dates"]
    assert list(task.reminders.values_list("minutes", flat=True)) == [60]


def test_a_moment_is_typed_by_the_persons_clock(cast, client_of):
    cast.salesperson.settle(time_zone="Asia/Kolkata")
    said = {"title": "Call", "kind": "call", "priority": "2", "due_on": "2030-01-07", "due_time": "15:00"}
    client_of(cast.salesperson).post(url("task_create"), said)
    assert Task.objects.get().due_at == datetime(2030, 1, 7, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Asia/Kolkata", "Pacific/Kiritimati"])
def test_a_due_day_is_the_same_day_everywhere(cast, client_of, zone):
    task = make_task(cast.salesperson, due_on=date(2031, 3, 4))
    cast.salesperson.settle(time_zone=zone)
    for address in (url("tasks"), url("task", task)):
        assert "Mar 4, 2031" in client_of(cast.salesperson).get(address).content.decode()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"title": ""}, "This field is required"),
        ({"estimate": "soon"}, "Say how long as"),
        ({"due_time": "15:00"}, "Say on which day"),
        ({"repeats": "daily"}, "Say when it is due the first time"),
        (
            {"repeats": "custom", "custom_rule": "FREQ=SECONDLY", "due_on": "2030-01-01"},
            "Work repeats by days",
        ),
        (
            {"repeats": "daily", "due_on": "2030-01-02", "ends": "until", "until": "2030-01-01"},
            "end before it begins",
        ),
        ({"client": "Nobody knows"}, "There is no client called so"),
        ({"due_on": "2030-01-02", "starts_on": "2030-01-03"}, "It cannot be due before it may begin"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(cast, client_of, said, why):
    sent = {"title": "A task", "kind": "todo", "priority": "2", "description": "Kept words"} | said
    answer = client_of(cast.salesperson).post(url("task_create"), sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert why in text
    assert "Kept words" in text
    assert not Task.objects.exists()


def test_the_address_fills_the_form(cast, client_of):
    make_pipeline()
    account = make_account("Acme", owner=cast.salesperson)
    deal = make_deal(owner=cast.salesperson, account=account)
    contact = make_contact(account)
    chain = TaskTemplate.objects.create(
        name="Offer", title="Send the offer", checklist=["Prices"], estimate=30
    )
    asked = url("task_create", deal=deal.pk, contact=contact.pk, due_on="2030-01-07", template=chain.pk)
    form = client_of(cast.salesperson).get(asked).context["form"]
    assert [form[name].value() for name in ("client", "account", "deal", "contact", "title", "checklist")] == [
        "Acme", account.pk, deal.pk, contact.pk, "Send the offer", "Prices"
    ]  # fmt: skip
    hidden = client_of(cast.outsider).get(url("task_create", deal=deal.pk)).context["form"]
    assert hidden["deal"].value() is None


def test_done_asks_for_the_next_step_of_a_client_who_would_be_left_with_nothing(cast, client_of):
    person, account = client_of(cast.salesperson), make_account("Acme", owner=cast.salesperson)
    task = make_task(cast.salesperson, kind="call", account=account)
    shown = person.get(url("task_finish", task)).context["form"]
    assert shown["next_title"].value() == "Follow up on the call"
    refused = person.post(url("task_finish", task), {"outcome": "Kept words"})
    assert refused.status_code == 422
    assert "Say what happens next" in refused.content.decode()
    assert "Kept words" in refused.content.decode()
    without_reason = person.post(url("task_finish", task), {"nothing": "1"})
    assert "Say why nothing follows." in without_reason.content.decode()
    person.post(url("task_finish", task), {"outcome": "Agreed", "next_title": "Send the offer", "quick": "1"})
    follower = Task.objects.open().get()
    assert (follower.title, follower.account, follower.previous) == ("Send the offer", account, task)
    assert follower.due_on == timezone.localdate() + timedelta(days=1)


def test_a_private_task_is_done_without_a_next_step_and_undone_with_it(cast, task, client_of):
    person = client_of(cast.salesperson)
    said = {"version": task.version, "next_title": "And then", "quick": "3", "nonce": str(uuid4())}
    answers = [person.post(url("task_finish", task), said, follow=True) for _turn in range(2)]
    assert Task.objects.count() == 2
    undo = next(str(message.extra_tags) for message in answers[0].context["messages"]).removeprefix("undo:")
    person.post(undo)
    task.refresh_from_db()
    assert task.is_open
    assert list(Task.objects.open()) == [task]


def test_the_second_to_finish_gets_409(cast, task, client_of):
    said = {"version": task.version, "outcome": "Mine"}
    assert client_of(cast.head).post(url("task_finish", task), said).status_code == 302
    late = client_of(cast.salesperson).post(url("task_finish", task), said)
    assert late.status_code == 409
    assert cast.head.name in late.content.decode()
    assert "Mine" in late.content.decode()


def test_editing_over_somebody_keeps_what_was_typed(cast, task, client_of):
    said = {"title": "Theirs", "kind": "todo", "priority": "2", "version": task.version}
    client_of(cast.head).post(url("task_edit", task), said)
    answer = client_of(cast.salesperson).post(url("task_edit", task), said | {"title": "Mine"})
    assert answer.status_code == 409
    again = answer.context["form"]["version"].value()
    assert "Mine" in answer.content.decode()
    client_of(cast.salesperson).post(url("task_edit", task), said | {"title": "Mine", "version": again})
    task.refresh_from_db()
    assert task.title == "Mine"


def test_putting_off_moving_and_giving_away_are_undone_from_their_toasts(cast, task, client_of):
    head = client_of(cast.head)
    day = task.due_on
    steps = [
        ("task_snooze", {"until": "tomorrow"}, lambda: task.snoozed_until is None),
        ("task_due", {"due_on": "2031-01-01"}, lambda: task.due_on == day),
        ("task_reassign", {"owner": cast.colleague.pk}, lambda: task.owner_id == cast.salesperson.pk),
    ]
    for name, said, is_as_before in steps:
        answer = head.post(url(name, task), said, follow=True)
        task.refresh_from_db()
        assert not is_as_before(), name
        undo = [str(each.extra_tags) for each in answer.context["messages"]][-1].removeprefix("undo:")
        assert head.post(undo).status_code == 302
        task.refresh_from_db()
        assert is_as_before(), name
        assert head.post(undo).status_code == 409, name


@pytest.mark.parametrize("until", ["", "never", "2000-01-01T10:00", "9999-01-01T10:00", "1h\x00"])
def test_putting_off_until_nowhere_is_refused(cast, task, client_of, until):
    assert client_of(cast.salesperson).post(url("task_snooze", task), {"until": until}).status_code == 422
    task.refresh_from_db()
    assert task.snoozed_until is None


def test_what_is_handed_in_is_accepted_or_sent_back_by_its_controller_alone(cast, client_of):
    task = make_task(cast.salesperson, controller=cast.head)
    person, head = client_of(cast.salesperson), client_of(cast.head)
    person.post(url("task_finish", task), {"outcome": "Ready"})
    assert task in head.get(url("tasks", handed_in=1)).context["filterset"].qs
    assert person.post(url("task_finish", task), {}).status_code == 422
    assert person.post(url("task_send_back", task), {"reason": "x"}).status_code == 403
    assert head.post(url("task_send_back", task), {"reason": " "}).status_code == 422
    head.post(url("task_send_back", task), {"reason": "No prices"})
    task.refresh_from_db()
    assert task.state == TaskState.STARTED
    person.post(url("task_finish", task), {})
    head.post(url("task_finish", task), {})
    task.refresh_from_db()
    assert task.state == TaskState.DONE


def test_a_checklist_is_ticked_added_to_and_shortened(cast, task, client_of):
    person = client_of(cast.salesperson)
    person.post(url("task_checklist", task), {"add": "Prices"})
    answer = person.post(url("task_checklist", task), {"add": "Dates"}, headers={"HX-Request": "true"})
    assert "Dates" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    first, second = task.checklist.all()
    person.post(url("task_checklist", task), {"tick": first.pk, "done": "1"})
    person.post(url("task_checklist", task), {"remove": second.pk})
    assert list(task.checklist.values_list("text", "is_done")) == [("Prices", True)]
    other = make_task(cast.salesperson, checklist=["Another's"])
    person.post(url("task_checklist", task), {"remove": other.checklist.get().pk})
    assert other.checklist.exists()
    assert person.post(url("task_checklist", task), {"add": " "}).status_code == 422


def test_watching_asking_and_cancelling_go_through_their_doors(cast, task, client_of):
    head = client_of(cast.head)
    head.post(url("task_watch", task))
    head.post(url("task_watcher", task), {"person": cast.accountant.pk})
    assert set(task.watchers.all()) == {cast.head, cast.accountant}
    head.post(url("task_watch", task), {"stop": "1"})
    assert head.post(url("task_nudge", task)).status_code == 302
    assert head.post(url("task_nudge", task)).status_code == 422
    assert Event.objects.filter(name="task.nudged").count() == 1
    head.post(url("task_state", task), {"state": "waiting"})
    head.post(url("task_cancel", task), {"reason": "Not wanted"})
    head.post(url("task_reopen", task))
    names = Event.objects.filter(payload__task_id=task.pk).order_by("pk").values_list("name", flat=True)
    assert list(names)[-3:] == ["task.state_changed", "task.cancelled", "task.reopened"]


def test_many_tasks_change_at_once_and_those_left_out_say_why(cast, task, client_of):
    handed_in = make_task(cast.salesperson, "Handed in", controller=cast.head)
    handed_in.finish(by=cast.salesperson, at=timezone.now())
    closed = make_task(cast.salesperson, "Closed")
    closed.finish(by=cast.salesperson, at=timezone.now())
    keys = [task.pk, handed_in.pk, closed.pk]
    person = client_of(cast.salesperson)
    preview = person.get(url("task_bulk"), {"task": keys, "do": "finish"})
    assert [skipped.why for skipped in preview.context["skipped"]] == ["it is closed"]
    assert person.post(url("task_bulk"), {"task": keys, "do": "finish"}).status_code == 422
    answer = person.post(url("task_bulk"), {"task": keys, "do": "finish", "reason": "All done"}, follow=True)
    said = " ".join(str(message) for message in answer.context["messages"])
    assert "1 task changed" in said
    assert "2 left out" in said
    assert person.get(url("task_bulk"), {"task": keys, "do": "owner"}).status_code == 403
    client_of(cast.head).post(url("task_bulk"), {"task": [handed_in.pk], "do": "due", "due_on": "2030-01-01"})
    handed_in.refresh_from_db()
    assert handed_in.due_on == date(2030, 1, 1)


def test_each_question_of_the_list_finds_its_tasks(cast, client_of):
    at, today = timezone.now(), timezone.localdate()
    long_ago = at - timedelta(days=9)
    account = make_account("Acme", owner=cast.salesperson)
    tasks = {
        "overdue": make_task(cast.salesperson, due_on=today - timedelta(days=2), at=long_ago),
        "today": make_task(cast.salesperson, due_on=today),
        "no_due": make_task(cast.salesperson, account=account, kind="call"),
        "given": make_task(cast.colleague, by=cast.head, due_on=today + timedelta(days=40)),
    }
    head = client_of(cast.head)

    def found(**query):
        return set(head.get(url("tasks", **query)).context["filterset"].qs)

    for name in ("overdue", "no_due", "given"):
        assert found(**{name: 1}) == {tasks[name]}, name
    assert tasks["today"] in found(today=1)
    assert tasks["today"] in found(week=1)
    assert found(mine=1) == set()
    assert found(owner=cast.colleague.pk) == {tasks["given"]}
    assert found(account=account.pk, kind="call") == {tasks["no_due"]}
    assert found(q="call", priority="1") == set()
    tasks["today"].finish(by=cast.head, at=at)
    assert found(done=1) == {tasks["today"]}


@pytest.mark.parametrize(
    "query", ["owner=x", "kind=nothing", "cursor=x", "q=%00", "account=99999999999999999999", "priority=9"]
)
def test_a_forged_question_is_answered_without_an_error(cast, task, client_of, query):
    assert client_of(cast.salesperson).get(url("tasks") + f"?{query}").status_code in {200, 422}


def test_statements_and_size_of_the_list(cast, client_of, calendar):
    account = make_account("Acme Florists of the North", owner=cast.salesperson)
    for turn in range(55):
        make_task(
            cast.salesperson, f"Send the offer number {turn}", account=account, priority=1,
            due_on=timezone.localdate() + timedelta(days=turn - 9), at=timezone.now() - timedelta(days=30),
        )  # fmt: skip
    person = client_of(cast.salesperson)
    with assert_query_count("tasks"):
        answer = person.get(url("tasks"))
    assert answer.content.count(b'<tr id="row-') == 50
    assert len(answer.content) <= 60 * 1024
    with assert_query_count("tasks, narrowed"):
        person.get(url("tasks", mine=1, q="offer", owner=cast.salesperson.pk))
    following = person.get(url("tasks") + f"?{answer.context['links']['next']}")
    assert following.content.count(b'<tr id="row-') == 5


def test_statements_of_the_page_and_the_forms(cast, client_of, calendar):
    task = make_task(
        cast.salesperson,
        account=make_account(owner=cast.salesperson),
        checklist=["One", "Two"],
        watchers=[cast.head],
    )
    for turn in range(3):
        make_task(cast.salesperson, f"Part {turn}", parent=task)
    person = client_of(cast.salesperson)
    for name in ("task", "task_edit", "task_finish"):
        with assert_query_count(f"{name}, shown"):
            assert person.get(url(name, task)).status_code == 200
    with assert_query_count("task_create, shown"):
        person.get(url("task_create"))


def test_planned_stands_on_the_pages_of_the_client_and_the_deal(cast, client_of):
    make_pipeline()
    account = make_account("Acme", owner=cast.salesperson)
    deal = make_deal(owner=cast.salesperson, account=account)
    make_task(cast.salesperson, "Send the offer", deal=deal, due_on=date(2031, 1, 5))
    make_task(cast.outsider, "Not theirs to see", account=account, by=cast.robot)
    for address in (account.get_absolute_url(), deal.get_absolute_url()):
        text = client_of(cast.salesperson).get(address).content.decode()
        assert "Send the offer" in text
        assert "Jan 5, 2031" in text
        assert "New task" in text
        assert 'class="icon-button" data-dialog data-key="e"' in text
        assert "Not theirs to see</a>" not in text


ENTERED = [
    ({}, "due", "task_by_due"),
    ({"mine": "1"}, "due", "task_to_do"),
    ({"done": "1"}, "-closed", "task_closed"),
    ({"done": "1", "mine": "1"}, "-closed", "task_closed_by"),
    ({"account": "{account}"}, "due", "task_of_account"),
]


def test_no_order_of_the_list_reads_a_large_table_whole(cast, many, rf):
    with connection.cursor() as cursor:  # what a large table would cost, on a small one
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    for query, order, index in ENTERED:
        request = rf.get("/", {name: value.format(account=many) for name, value in query.items()})
        request.user = cast.admin
        tasks = TaskFilter(request.GET, queryset=Task.objects.visible_to(cast.admin), request=request).qs
        with CaptureQueriesContext(connection) as captured:
            keyset_page(tasks, order=ORDERS[order], size=50)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {captured[0]['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert f"{index} on" in plan or f"on {index} " in plan, plan
        assert "Seq Scan" not in plan, plan


@pytest.fixture
def many(cast):
    """Fifteen hundred tasks, half of them closed, a few the administrator's own and a few of one client."""
    account = make_account("Acme", owner=cast.salesperson)
    first = make_task(cast.salesperson, account=account, due_on=date(2026, 1, 1))
    columns = [field.column for field in Task._meta.concrete_fields if field.column != "id"]
    changed = {
        "due_on": "date '2026-01-01' + n % 700",
        "due_by": "timestamptz '2026-01-02' + (n % 700) * interval '1 day'",
        "owner_id": f"CASE WHEN n % 40 < 2 THEN {cast.admin.pk} ELSE owner_id END",
        "account_id": "CASE WHEN n % 50 < 2 THEN account_id END",
        "state": "CASE WHEN n % 2 = 0 THEN 'new' ELSE 'done' END",
        "closed_at": "CASE WHEN n % 2 = 1 THEN timestamptz '2026-01-02' + n * interval '1 minute' END",
    }
    written = ", ".join(changed.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO activities_task ({', '.join(columns)}) SELECT {written} "
            f"FROM activities_task, generate_series(1, 1500) AS n WHERE id = {first.pk}"
        )
        cursor.execute("ANALYZE activities_task")
    return account.pk
