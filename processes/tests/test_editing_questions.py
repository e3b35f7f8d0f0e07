"""What a task asks people to fill in: made in the editor, filled in at work, known to later steps."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal, LossReason
from foundation.errors import Refused
from processes import operations, working
from processes.checks import problems_of
from processes.knowing import known
from processes.models import Process, Run, WorkItem
from processes.testing import block, make_process, open_work
from processes.tests.conftest import HEAD, OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]
WorkOf = Callable[[Run], WorkItem]


@pytest.fixture
def process(cast: Cast) -> Process:
    return operations.create(
        name="Survey",
        subject_kind="deal",
        by=cast.head,
        at=timezone.now(),
        starts=[{"button": True}],
        outline={"blocks": [block("task", "Measure", who=OWNER)]},
    )


def send(client: Any, process: Process, **said: Any) -> Any:
    process.refresh_from_db()
    key = process.outline["blocks"][0]["id"]
    fields = {name.replace("__", "-"): value for name, value in said.items()}
    sent = {"revision": process.draft_revision, "name": "Measure", "who": "owner", **fields}
    return client.post(reverse("processes:design_part", args=[process.pk, key]), sent)


def fields_of(process: Process) -> Any:
    process.refresh_from_db()
    return process.outline["blocks"][0].get("fields")


def test_a_task_keeps_what_it_asks_for(cast: Cast, client_of: ClientOf, process: Process) -> None:
    said = {
        "ask__0__of": "deal.amount", "ask__0__required": "yes",
        "ask__1__of": "", "ask__1__label": "How  deep", "ask__1__kind": "number", "ask__1__help": "In metres",
        "ask__2__of": "", "ask__2__label": "Почва", "ask__2__kind": "choice", "ask__2__options": "Clay\n\nSand\nClay",
    }  # fmt: skip
    assert send(client_of(cast.head), process, **said).status_code == 302
    assert fields_of(process) == [
        {"name": "deal.amount", "is_required": True},
        {"name": "how_deep", "label": "How deep", "kind": "number", "help": "In metres"},
        {"name": "question", "label": "Почва", "kind": "choice", "options": ["Clay", "Sand"]},
    ]
    page = client_of(cast.head).get(reverse("processes:design", args=[process.pk])).content.decode()
    assert "fills in: Deal: amount, How deep, Почва" in page


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"ask__0__of": "", "ask__0__label": ""}, "Say what is asked."),
        ({"ask__0__of": "", "ask__0__label": "Soil", "ask__0__kind": "choice"}, "Give at least two answers"),
        ({"ask__0__of": "deal.amount", "ask__1__of": "deal.amount"}, "This is asked twice here."),
    ],
)
def test_a_question_that_cannot_be_kept_says_why_and_nothing_is_lost(
    cast: Cast, client_of: ClientOf, process: Process, said: dict[str, str], why: str
) -> None:
    answer = send(client_of(cast.head), process, instructions="Bring a spade", **said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert "Bring a spade" in page
    assert fields_of(process) is None


def test_questions_are_added_ordered_and_taken_away_before_anything_is_kept(
    cast: Cast, client_of: ClientOf, process: Process
) -> None:
    client = client_of(cast.head)
    two = {"ask__0__of": "", "ask__0__label": "First", "ask__1__of": "", "ask__1__label": "Second"}

    def labels(again: str) -> list[str]:
        rows = send(client, process, **two, again=again).context["form"].questions.rows
        return [row.label for row in rows]

    assert labels("ask-add") == ["First", "Second", ""]
    assert labels("ask-up:1") == ["Second", "First"]
    assert labels("ask-down:0") == ["Second", "First"]
    assert labels("ask-up:0") == ["First", "Second"]
    assert labels("ask-remove:0") == ["Second"]
    assert fields_of(process) is None


def asking(*fields: dict[str, Any], then: Any = ()) -> Process:
    return make_process([block("task", "Measure", who=OWNER, fields=list(fields)), *then], name="Survey")


def test_each_kind_has_its_widget_and_its_answer_is_read_back(
    cast: Cast, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(
        asking(
            {"name": "who", "label": "Surveyor", "kind": "person"},
            {"name": "at", "label": "Visit", "kind": "moment"},
            {"name": "worth", "label": "Budget", "kind": "money"},
            {"name": "story", "label": "Story", "kind": "long_text", "help": "As it was told"},
            then=[block("approval", "Approve", who=HEAD)],
        )
    )
    person, url = client_of(cast.salesperson), reverse("processes:work", args=[work_of(run).pk])
    page = person.get(url).content.decode()
    for words in (
        'type="datetime-local"',
        f'<option value="{cast.colleague.pk}">',
        "Budget, USD",
        "As it was told",
    ):
        assert words in page
    cast.salesperson.time_zone = "Asia/Jakarta"
    cast.salesperson.save()
    sent = {
        "answer_0": str(cast.colleague.pk), "answer_1": "2026-12-24T15:30", "answer_2": "1,200", "answer_3": "Wet\nclay"
    }  # fmt: skip
    bad = person.post(url, sent | {"answer_1": "soon"})
    assert bad.status_code == 422
    assert "Enter a valid date/time." in bad.content.decode()
    assert person.post(url, sent).status_code == 302
    kept = WorkItem.objects.get(run=run, state="done").answers
    assert (kept["who"], kept["story"].split()) == (cast.colleague.pk, ["Wet", "clay"])
    assert datetime.fromisoformat(kept["at"]) == datetime(2026, 12, 24, 8, 30, tzinfo=UTC)
    seen = client_of(cast.head).get(reverse("processes:work", args=[work_of(run).pk])).content.decode()
    assert cast.colleague.name in seen


def test_a_field_of_the_record_is_written_by_its_room(
    cast: Cast, quagmire: Deal, begun: Begun, work_of: WorkOf
) -> None:
    run = begun(asking({"name": "deal.amount"}, {"name": "deal.title"}))
    answers = {"deal.amount": Decimal("9000.5"), "deal.title": "Quagmire, drained"}
    working.finish(work_of(run), by=cast.salesperson, at=timezone.now(), answers=answers)
    quagmire.refresh_from_db()
    assert (quagmire.amount, quagmire.title) == (Decimal("9000.50"), "Quagmire, drained")


def test_what_the_room_refuses_leaves_the_work_open(
    cast: Cast, quagmire: Deal, begun: Begun, work_of: WorkOf
) -> None:
    run = begun(asking({"name": "deal.amount"}))
    quagmire.lose(quagmire_reason(), by=cast.salesperson, at=timezone.now())
    with pytest.raises(Refused, match="closed"):
        working.finish(
            work_of(run), by=cast.salesperson, at=timezone.now(), answers={"deal.amount": Decimal(5)}
        )
    assert open_work(run) == ["Measure"]


def quagmire_reason() -> Any:
    return LossReason.objects.order_by("pk").first() or LossReason.objects.create(name="Price")


@pytest.mark.parametrize(
    ("depth", "next_step"), [(Decimal(7), "Bring the pump"), (Decimal(2), "Dig by hand")]
)
def test_a_later_condition_and_text_know_the_answer(
    cast: Cast, begun: Begun, work_of: WorkOf, depth: Decimal, next_step: str
) -> None:
    is_deep = {"all": [["answers.depth", "gt", "5"], ["answers.is_wet", "is", "yes"]]}
    branch = {
        "id": "deep",
        "name": "",
        "when": is_deep,
        "blocks": [block("task", "Bring the pump", who=OWNER)],
    }
    choice = block("choice", branches=[branch], **{"else": [block("task", "Dig by hand", who=OWNER)]})
    last = block("task", "Fill in {answers.depth} m for {answers.who}", who=OWNER)
    run = begun(
        asking(
            {"name": "depth", "kind": "number"},
            {"name": "is_wet", "kind": "boolean"},
            {"name": "who", "kind": "person"},
            then=[choice, last],
        )
    )
    answers = {"depth": depth, "is_wet": True, "who": cast.colleague.pk}
    working.finish(work_of(run), by=cast.salesperson, at=timezone.now(), answers=answers)
    assert open_work(run) == [next_step]
    working.finish(work_of(run), by=cast.salesperson, at=timezone.now())
    assert open_work(run) == [f"Fill in {depth} m for {cast.colleague.name}"]


def test_later_conditions_are_offered_the_answers_and_beginnings_are_not(
    cast: Cast, client_of: ClientOf, process: Process
) -> None:
    client = client_of(cast.head)
    send(client, process, ask__0__of="", ask__0__label="Depth", ask__0__kind="number")
    branch = {"id": "b1", "name": "", "when": {"all": [["answers.depth", "gt", "5"]]}, "blocks": []}
    choice = block("choice", branches=[branch], **{"else": []})
    process.refresh_from_db()
    blocks = [*process.outline["blocks"], choice]
    operations.edit(process, revision=None, by=cast.head, at=timezone.now(), outline={"blocks": blocks})
    design = reverse("processes:design", args=[process.pk])
    page = client.get(f"{design}?open=b1").content.decode()
    assert "Depth (asked in “Measure”)" in page
    assert "If Depth (asked in “Measure”) is more than 5" in page
    form = client.get(f"{design}?open=start-new").context["form"]
    assert "answers.depth" not in dict(form.asked["when"].fields)


def test_publishing_minds_a_name_used_twice_and_an_answer_nobody_gives(cast: Cast, process: Process) -> None:
    depth = {"name": "depth", "label": "Depth", "kind": "number"}
    branch = {"id": "b1", "name": "", "when": {"all": [["answers.width", "gt", "5"]]}, "blocks": []}
    blocks = [
        block("task", "Measure", who=OWNER, fields=[depth]),
        block("task", "Measure again", who=OWNER, fields=[depth, {"name": "soil", "kind": "choice"}]),
        block("choice", "Wide", branches=[branch], **{"else": []}),
    ]
    operations.edit(process, revision=None, by=cast.head, at=timezone.now(), outline={"blocks": blocks})
    graph = operations.draft_graph(process)
    codes = {each.code for each in problems_of(graph, known(process)) if each.is_error}
    assert {"asked_twice", "no_field", "no_options"} <= codes
