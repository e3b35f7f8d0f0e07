"""The outline editor by its requests: who may, what is kept, what is said when it cannot be."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal, Stage
from deals.testing import make_deal
from processes import operations
from processes.models import Process
from processes.testing import block
from users.testing import Cast

Clients = Any


@pytest.fixture
def process(cast: Cast) -> Process:
    return operations.create(
        name="Approval",
        subject_kind="deal",
        by=cast.head,
        at=timezone.now(),
        starts=[{"button": True}],
        outline={
            "blocks": [
                block("task", "Prepare", who={"kind": "owner"}),
                block("task", "Send", who={"kind": "owner"}),
            ]
        },
    )


def address(name: str, process: Process, *more: Any) -> str:
    return reverse(f"processes:{name}", args=[process.pk, *more])


def names(process: Process) -> list[str]:
    process.refresh_from_db()
    return [each["name"] for each in process.outline["blocks"]]


def ids(process: Process) -> list[str]:
    process.refresh_from_db()
    return [each["id"] for each in process.outline["blocks"]]


def click(client: Any, process: Process, what: str, key: str, **more: Any) -> Any:
    process.refresh_from_db()
    said = {"do": what, "key": key, "revision": process.draft_revision, **more}
    return client.post(address("design_do", process), said)


def save(client: Any, process: Process, key: str, **said: Any) -> Any:
    process.refresh_from_db()
    fields = {name.replace("__", "-"): value for name, value in said.items()}
    return client.post(address("design_part", process, key), {"revision": process.draft_revision, **fields})


def test_a_head_reads_the_draft_as_sentences(cast: Cast, client_of: Clients, process: Process) -> None:
    page = client_of(cast.head).get(address("design", process)).content.decode()
    assert "The owner: Prepare." in page
    assert "Somebody presses a button" in page


@pytest.mark.parametrize("name", ["design", "design_versions", "switch", "design_export", "design_try"])
def test_who_may_not_design_is_told_so(cast: Cast, client_of: Clients, process: Process, name: str) -> None:
    assert client_of(cast.salesperson).get(address(name, process)).status_code == 403
    assert client_of(cast.head).get(address(name, process)).status_code == 200


@pytest.mark.parametrize("name", ["designs", "design_new", "design_import"])
def test_who_may_not_design_makes_none(cast: Cast, client_of: Clients, name: str) -> None:
    assert client_of(cast.salesperson).get(reverse(f"processes:{name}")).status_code == 403
    assert client_of(cast.head).get(reverse(f"processes:{name}")).status_code == 200


def test_blocks_are_added_moved_copied_and_deleted(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    answer = click(client, process, "add", "-/blocks/1", more="wait")
    assert [each["kind"] for each in Process.objects.get().outline["blocks"]] == ["task", "wait", "task"]
    assert f"?open={ids(process)[1]}" in answer.url
    click(client, process, "up", ids(process)[2])
    assert names(process) == ["Prepare", "Send", ""]
    click(client, process, "duplicate", ids(process)[0])
    assert names(process) == ["Prepare", "Prepare", "Send", ""]
    click(client, process, "delete", ids(process)[0])
    assert names(process) == ["Prepare", "Send", ""]


def test_what_was_deleted_comes_back_until_something_else_changes(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    click(client, process, "delete", ids(process)[0])
    client.post(address("design_undo", process))
    assert names(process) == ["Prepare", "Send"]
    click(client, process, "delete", ids(process)[0])
    click(client, process, "duplicate", ids(process)[0])
    assert client.post(address("design_undo", process)).status_code == 409
    assert names(process) == ["Send", "Send"]


def test_a_task_keeps_all_that_its_form_asks(cast: Cast, client_of: Clients, process: Process) -> None:
    said = {
        "name": "Call", "who": f"person:{cast.colleague.pk}", "deadline_amount": "2", "deadline_unit": "working_hours",
        "deadline_side": "client", "warn_amount": "1", "warn_unit": "hours", "late__0__do": "remind",
        "late__0__amount": "1", "late__0__unit": "working_days", "late__1__do": "give", "late__1__amount": "3",
        "late__1__unit": "days", "late__1__to": "role:head", "instructions": "Be kind", "checklist": "Greet\n\nListen",
    }  # fmt: skip
    assert save(client_of(cast.head), process, ids(process)[0], **said).status_code == 302
    process.refresh_from_db()
    kept = process.outline["blocks"][0]
    assert kept["who"] == {"kind": "person", "id": cast.colleague.pk}
    assert kept["deadline"] == {
        "amount": 2,
        "unit": "working_hours",
        "side": "client",
        "warn": [{"amount": 1, "unit": "hours"}],
        "late": [
            {"amount": 1, "unit": "working_days", "do": "remind"},
            {"amount": 3, "unit": "days", "do": "give", "to": {"kind": "role", "key": "head"}},
        ],
    }
    assert (kept["instructions"], kept["checklist"]) == ("Be kind", ["Greet", "Listen"])


def test_bad_input_is_said_and_nothing_typed_is_lost(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    answer = save(
        client_of(cast.head), process, ids(process)[0], name="", who="owner", late__0__do="remind",
        instructions="Kept as it is",
    )  # fmt: skip
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept as it is" in page
    assert "Say how long it may take before it is late." in page
    assert names(process) == ["Prepare", "Send"]


def test_a_second_editor_is_told_that_somebody_was_faster(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    said = {"revision": process.draft_revision, "name": "Mine", "who": "owner"}
    key = ids(process)[0]
    first = client_of(cast.head).post(address("design_part", process, key), said)
    second = client_of(cast.admin).post(address("design_part", process, key), said | {"name": "Yours"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Somebody else changed this process meanwhile" in second.content.decode()
    assert names(process)[0] == "Mine"


def test_choosing_another_action_asks_for_its_arguments_and_keeps_nothing_yet(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    click(client, process, "add", "-/blocks/2", more="action")
    answer = save(client, process, ids(process)[2], action="deal.lose", again="shape")
    assert 'name="arg-reason"' in answer.content.decode()
    process.refresh_from_db()
    assert process.outline["blocks"][2]["action"] == "notify"


def test_an_action_takes_plain_values_and_fields_of_the_record(
    cast: Cast, client_of: Clients, process: Process
) -> None:
    client = client_of(cast.head)
    click(client, process, "add", "-/blocks/2", more="action")
    said = {
        "action": "task.plan", "arg__title": "Contract for {deal.title}", "arg__owner": "field:deal.owner",
        "arg__due_in": "2", "arg__kind": "todo",
    }  # fmt: skip
    assert save(client, process, ids(process)[2], **said).status_code == 302
    process.refresh_from_db()
    assert process.outline["blocks"][2]["arguments"] == {
        "title": "Contract for {deal.title}",
        "owner": {"field": "deal.owner"},
        "due_in": 2,
        "kind": "todo",
    }
    assert save(client, process, ids(process)[2], action="deal.lose").status_code == 422


def test_a_way_of_a_choice_asks_a_condition(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    click(client, process, "add", "-/blocks/2", more="choice")
    process.refresh_from_db()
    branch = process.outline["blocks"][2]["branches"][0]["id"]
    said = {"when__0__field": "deal.amount", "when__0__op": "gt", "when__0__value": "100,000"}
    assert save(client, process, branch, **said).status_code == 302
    process.refresh_from_db()
    assert process.outline["blocks"][2]["branches"][0]["when"] == {"all": [["deal.amount", "gt", "100000"]]}
    assert "If Deal: amount is more than 100,000" in client.get(address("design", process)).content.decode()
    wrong = save(client, process, branch, **(said | {"when__0__value": "a lot"}))
    assert wrong.status_code == 422
    assert 'value="a lot"' in wrong.content.decode()


def test_a_condition_says_how_many_records_it_fits(cast: Cast, client_of: Clients, process: Process) -> None:
    for amount in (90_000, 100_000, 150_000, 200_000):
        make_deal(owner=cast.salesperson, amount=amount)
    said = {"when-0-field": "deal.amount", "when-0-op": "gt", "when-0-value": "100000", "counts": "when"}
    answer = client_of(cast.head).post(address("design_count", process, "start-new"), said)
    assert answer.content.decode() == "Deals that match now: 2"


def test_a_deal_entering_a_stage_begins_it(cast: Cast, client_of: Clients, process: Process) -> None:
    make_deal(owner=cast.salesperson)
    proposal = Stage.objects.get(name="Proposal")
    client = client_of(cast.head)
    said = {
        "way": "enters", "stage": str(proposal.pk), "when__0__field": "deal.amount", "when__0__op": "gt",
        "when__0__value": "100000",
    }  # fmt: skip
    assert save(client, process, "start-new", **said).status_code == 302
    process.refresh_from_db()
    when = {"all": [["deal.stage", "is", proposal.pk], ["deal.amount", "gt", "100000"]]}
    assert process.starts[1] == {"fact": "deal.moved", "when": when}
    page = client.get(f"{address('design', process)}?open=start-1").content.decode()
    assert f'<option value="{proposal.pk}" selected>' in page
    click(client, process, "delete-start", "0")
    process.refresh_from_db()
    assert len(process.starts) == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"way": "button", "roles": ["head"]}, {"button": True, "roles": ["head"]}),
        ({"way": "schedule", "rule": "FREQ=DAILY"}, {"schedule": "FREQ=DAILY"}),
        (
            {
                "way": "day",
                "day": "deal.expected_close_on",
                "offset": "3",
                "unit": "working_days",
                "side": "before",
            },
            {"field": "deal.expected_close_on", "offset": {"amount": -3, "unit": "working_days"}},
        ),
        ({"way": "fact", "fact": "deal.won"}, {"fact": "deal.won"}),
    ],
)
def test_other_beginnings_are_kept_as_the_engine_reads_them(
    cast: Cast, client_of: Clients, process: Process, said: Any, kept: Any
) -> None:
    client = client_of(cast.head)
    assert save(client, process, "start-0", **said).status_code == 302
    process.refresh_from_db()
    assert process.starts == [kept]
    assert client.get(f"{address('design', process)}?open=start-0").status_code == 200
    operations.publish(process, by=cast.head, at=timezone.now())


def test_every_kind_of_block_opens_and_is_kept(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    for kind in (
        "task",
        "approval",
        "action",
        "choice",
        "wait",
        "stage",
        "together",
        "race",
        "repeat",
        "call",
        "end",
    ):
        click(client, process, "add", "-/blocks/0", more=kind)
    for key in ids(process):
        page = client.get(f"{address('design', process)}?open={key}")
        assert f'id="form-{key}"' in page.content.decode()
    click(client, process, "add", "-/blocks/13", more="back")
    back = ids(process)[13]
    assert save(client, process, back, to=ids(process)[11]).status_code == 302
    waits = {
        "wait_kind": "field",
        "wait_field": "deal.expected_close_on",
        "wait_offset": "3",
        "wait_side": "before",
    }
    wait = next(each["id"] for each in process.outline["blocks"] if each["kind"] == "wait")
    assert save(client, process, wait, **waits, wait_offset_unit="working_days").status_code == 302
    process.refresh_from_db()
    kept = next(each for each in process.outline["blocks"] if each["id"] == wait)
    assert kept["for"] == {"field": "deal.expected_close_on", "amount": -3, "unit": "working_days"}


def test_settings_are_kept(cast: Cast, client_of: Clients, process: Process) -> None:
    said = {
        "name": "Large deals",
        "owner": cast.admin.pk,
        "is_single": "on",
        "pause_days": "3",
        "priority": "1",
    }
    assert save(client_of(cast.head), process, "settings", **said).status_code == 302
    process.refresh_from_db()
    assert (process.name, process.owner, process.pause_days) == ("Large deals", cast.admin, 3)
    assert save(client_of(cast.head), process, "settings", **said | {"name": " "}).status_code == 422


def test_the_editor_asks_few_questions_of_the_database(
    cast: Cast, client_of: Clients, process: Process, django_assert_max_num_queries: Any
) -> None:
    client = client_of(cast.head)
    process.outline["blocks"] *= 1
    blocks = [block("task", f"Step {number}", who={"kind": "owner"}) for number in range(40)]
    operations.edit(process, revision=None, by=cast.head, at=timezone.now(), outline={"blocks": blocks})
    client.get(address("design", process))
    with django_assert_max_num_queries(24):
        client.get(address("design", process))
    assert Deal.objects.count() == 0


def test_the_plus_shows_what_can_happen_there(cast: Cast, client_of: Clients, process: Process) -> None:
    client = client_of(cast.head)
    for position in (0, 1, 2):
        page = client.get(f"{address('design', process)}?open=add:-/blocks/{position}").content.decode()
        assert f'name="key" value="-/blocks/{position}"' in page
        assert "Somebody approves" in page
    click(client, process, "add", "-/blocks/2", more="approval")
    page = client.get(f"{address('design', process)}?open=add:-/blocks/3").content.decode()
    assert "Somebody approves" in page
