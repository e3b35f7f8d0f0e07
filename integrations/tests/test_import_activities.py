"""Tasks, meetings and calls of files: linked, told at their moments, and the same file again changes nothing."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ContactPoint
from accounts.testing import make_account, make_contact
from activities.models import Call, Meeting, Occurrence, Participant, Task, TaskPassage
from deals.testing import make_deal
from foundation.models import Event
from integrations.models import ExternalId

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(tmp_path):
    def imported(entity, text, *, name="table.csv", **mapping):
        file = tmp_path / name
        file.write_text(text)
        options = {}
        if mapping:
            said = tmp_path / "mapping.json"
            said.write_text(json.dumps(mapping))
            options["mapping"] = said
        out = io.StringIO()
        call_command("import", entity, str(file), stdout=out, **options)
        return json.loads(out.getvalue())

    return imported


@pytest.fixture
def acme(cast):
    return make_account("Acme", owner=cast.salesperson)


def counters(found):
    return tuple(found[name] for name in ("read", "created", "updated", "unchanged", "rejected"))


TASKS = """id,Task,Who,Due,Status,Created,Started,Completed,Client,Outcome,Type
t1,Call about roses,Sam Porter,2026-03-10,completed,2026-03-01 09:00,2026-03-02 10:00,2026-03-03 11:30,Acme,Agreed,call
t2,Send the offer,sales@romashka.example,2030-03-10 15:00,,2026-03-04 09:00,,,Acme,,
t3,Wait for the answer,Sam Porter,,waiting,2026-03-05 09:00,,,Acme,,
"""


def test_tasks_come_with_their_states_and_the_history_is_told_at_its_moments(cast, bring, acme):
    assert counters(bring("tasks", TASKS)) == (3, 3, 0, 0, 0)
    done = Task.objects.get(title="Call about roses")
    assert (done.account, done.owner, done.kind, done.state) == (acme, cast.salesperson, "call", "done")
    assert (done.due_on, done.due_at, done.outcome) == (date(2026, 3, 10), None, "Agreed")
    assert done.closed_at == datetime(2026, 3, 3, 11, 30, tzinfo=UTC)
    told = Event.objects.filter(payload__task_id=done.pk).order_by("at").values_list("name", "at")
    assert [name for name, _at in told] == ["task.planned", "task.state_changed", "task.finished"]
    assert told[0][1] == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    spent = [(each.state, each.since, each.until) for each in TaskPassage.objects.filter(task=done)]
    assert spent == [
        ("new", datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("started", datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 3, 11, 30, tzinfo=UTC)),
    ]
    offer = Task.objects.get(title="Send the offer")
    assert (offer.due_on, offer.due_at) == (None, datetime(2030, 3, 10, 15, 0, tzinfo=UTC))
    assert Task.objects.get(title="Wait for the answer").state == "waiting"


def test_the_same_file_again_changes_nothing_and_a_mended_one_what_was_mended(cast, bring, acme):
    bring("tasks", TASKS)
    assert counters(bring("tasks", TASKS)) == (3, 0, 0, 3, 0)
    mended = TASKS.replace("Send the offer,", "Send the new offer,").replace(
        "t3,Wait for the answer,Sam Porter,,waiting", "t3,Wait for the answer,Sam Porter,,completed"
    )
    assert counters(bring("tasks", mended)) == (3, 0, 2, 1, 0)
    assert Task.objects.get(title="Wait for the answer").state == "done"
    assert Task.objects.filter(title="Send the new offer").exists()
    assert Task.objects.count() == 3


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Client's key", "{account}"),
        ("Client's key", "ID{account}"),
        ("Deal's key", "ID{deal}"),
        ("Contact's key", "{contact}"),
    ],
)
def test_links_by_our_own_keys(cast, bring, acme, header, cell):
    keys = {
        "account": acme.pk,
        "deal": make_deal(owner=cast.salesperson, account=acme).pk,
        "contact": make_contact(acme).pk,
    }
    found = bring("tasks", f"Task,Who,{header}\nCall,Sam Porter,{cell.format(**keys)}\n")
    assert counters(found) == (1, 1, 0, 0, 0)
    assert Task.objects.get().account == acme


def test_links_by_the_other_systems_keys(cast, bring, acme):
    other = make_account("Other", owner=cast.salesperson)
    ExternalId.objects.create(system="old", kind="account", key=str(acme.pk), object_id=other.pk)
    text = f"Task,Who,Client's key\nCall,Sam Porter,{acme.pk}\nWrite,Sam Porter,{other.pk}\n"
    found = bring("tasks", text, system="old")
    assert counters(found) == (2, 1, 0, 0, 1)  # a number the old system never used is not one of ours
    assert Task.objects.get().account == other


def test_links_by_names_and_e_mail(cast, bring, acme):
    ivan = make_contact(acme)
    deal = make_deal("Office flowers", owner=cast.salesperson, account=acme)
    ContactPoint.objects.create(account=acme, contact=ivan, kind="email", value="ivan@acme.example")
    text = (
        "When,Who,Client,Deal,Contact,Direction,Result,Duration\n"
        "2026-03-03 11:00,Sam Porter,ACME,office  flowers,Ivan Petrov,outgoing,connected,12\n"
        "2026-03-03 12:00,Sam Porter,,,ivan@acme.example,inbound,missed,\n"
    )
    assert counters(bring("calls", text)) == (2, 2, 0, 0, 0)
    first, second = Call.objects.order_by("at")
    assert (first.account, first.deal, first.contact, first.duration) == (acme, deal, ivan, 12)
    assert (second.account, second.contact, second.direction, second.result) == (
        acme,
        ivan,
        "in",
        "no_answer",
    )
    assert Event.objects.filter(name="call.logged").order_by("at").first().at == first.at


def test_unknown_names_are_listed_and_never_invented(cast, bring, acme):
    text = (
        "When,Who,Client,Deal,Result\n"
        "2026-03-03 11:00,Nobody Known,Acme,,\n"
        "2026-03-03 11:00,Sam Porter,Nowhere,,\n"
        "2026-03-03 11:00,Sam Porter,Acme,No such deal,\n"
        "2026-03-03 11:00,Sam Porter,,Some deal,\n"
        "2026-03-03 11:00,Sam Porter,Acme,,sang\n"
        "2199-03-03 11:00,Sam Porter,Acme,,\n"
    )
    found = bring("calls", text)
    assert counters(found) == (6, 0, 0, 0, 6)
    assert {(each["field"], each["name"]) for each in found["unknown"]} == {
        ("owner", "Nobody Known"), ("account", "Nowhere"), ("deal", "No such deal"),
        ("result", "sang"),
    }  # fmt: skip
    assert not Call.objects.exists()


def test_links_of_two_clients_are_refused(cast, bring, acme):
    other = make_account("Other", owner=cast.salesperson)
    deal = make_deal(owner=cast.salesperson, account=other)
    found = bring("tasks", f"Task,Who,Client,Deal's key\nCall,Sam Porter,Acme,ID{deal.pk}\n")
    assert counters(found) == (1, 0, 0, 0, 1)
    assert "belongs to another client" in found["problems"][0]["reason"]


MEETINGS = """Subject,Starts,Ends,Organiser,Client,Participants,Status,Outcome,Location
Tasting,2026-03-03 11:00+03:00,2026-03-03 12:30+03:00,Sam Porter,Acme,Clara Benson; guest@acme.example,,Liked it,Berlin
Review,2199-03-03 11:00,,Sam Porter,Acme,,scheduled,,
Lunch,2026-04-03 11:00,,Sam Porter,Acme,,canceled,,
"""


def test_meetings_take_place_once_and_past_ones_were_held(cast, bring, acme):
    assert counters(bring("meetings", MEETINGS)) == (3, 3, 0, 0, 0)
    tasting = Meeting.objects.get(title="Tasting")
    assert (tasting.state, tasting.place, tasting.outcome, tasting.account) == (
        "held",
        "Berlin",
        "Liked it",
        acme,
    )
    row = Occurrence.objects.get(meeting=tasting)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 3, 3, 8, 0, tzinfo=UTC), datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
    )  # fmt: skip
    assert row.people_ids == sorted([cast.salesperson.pk, cast.colleague.pk])
    assert set(Participant.objects.filter(meeting=tasting).values_list("name", flat=True)) == {
        "Sam Porter", "Clara Benson", "guest@acme.example",
    }  # fmt: skip
    assert Meeting.objects.get(title="Review").state == "planned"
    assert Occurrence.objects.get(meeting__title="Lunch").is_cancelled
    assert counters(bring("meetings", MEETINGS)) == (3, 0, 0, 3, 0)
    later = MEETINGS.replace("2199-03-03 11:00", "2199-03-04 11:00")
    assert (
        counters(
            bring(
                "meetings",
                "id,"
                + later.replace("\nTasting", "\na,Tasting")
                .replace("\nReview", "\nb,Review")
                .replace("\nLunch", "\nc,Lunch"),
            )
        )[1]
        == 3
    )


def test_a_salesperson_brings_only_what_they_may(cast, bring, acme, tmp_path):
    make_account("Hidden", owner=cast.outsider)
    file = tmp_path / "tasks.csv"
    file.write_text("Task,Client,Who\nMine,Acme,\nTheirs,Hidden,\nGiven,Acme,Clara Benson\n")
    from users.testing import make_role

    cast.salesperson.roles.add(make_role("importer", integrations__import="own"))
    out = io.StringIO()
    call_command("import", "tasks", str(file), stdout=out, email=cast.salesperson.email)
    found = json.loads(out.getvalue())
    assert counters(found) == (3, 1, 0, 0, 2)
    assert Task.objects.get().owner == cast.salesperson


def test_thousands_of_tasks_cost_no_statements_of_their_own(cast, bring, acme):
    """Open tasks are written for many at once; one that is done costs what finishing it costs, and no more."""

    def statements(first, last, status=""):
        rows = [
            f"k{number},Call {number},Sam Porter,2026-03-{number % 28 + 1:02},{status},Acme"
            for number in range(first, last)
        ]
        text = "id,Task,Who,Due,Status,Client\n" + "\n".join(rows) + "\n"
        with CaptureQueriesContext(connection) as sent:
            assert counters(bring("tasks", text)) == (last - first, last - first, 0, 0, 0)
        assert counters(bring("tasks", text)) == (last - first, 0, 0, last - first, 0)
        return len(sent)

    few = statements(0, 100)
    assert statements(1_000, 3_500) < few + 50
    assert statements(5_000, 5_500, "done") < few + 50 + 500 * 4
