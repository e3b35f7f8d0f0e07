"""Work for several: named people and departments; whoever does it first, or each of them in their order."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from foundation.errors import Refused
from processes import operations, working
from processes.checks import problems_of
from processes.editing.around import Around
from processes.editing.parts import form_of
from processes.knowing import known
from processes.models import Process, Run, WorkItem
from processes.testing import block, make_process, open_work
from processes.tests.conftest import OWNER
from users.models import Department, User
from users.testing import Cast

Begun = Callable[..., Run]
ClientOf = Callable[[User], Client]


def holders(run: Run) -> list[User]:
    found = WorkItem.objects.filter(run=run, state="open").select_related("assignee").order_by("place")
    return [each.assignee for each in found if each.assignee]


def for_people(*people: User) -> dict[str, Any]:
    return {"kind": "people", "ids": [each.pk for each in people]}


def test_a_task_for_several_is_done_by_whoever_does_it_first(cast: Cast, begun: Begun) -> None:
    who = for_people(cast.colleague, cast.salesperson)
    run = begun(make_process([block("task", "Call", who=who), block("task", "Send", who=OWNER)]))
    assert holders(run) == [cast.colleague, cast.salesperson]
    mine = WorkItem.objects.get(run=run, assignee=cast.salesperson)
    working.finish(mine, by=cast.salesperson, at=timezone.now())
    assert open_work(run) == ["Send"]
    theirs = WorkItem.objects.get(run=run, assignee=cast.colleague)
    with pytest.raises(Refused, match="no longer needed"):
        working.finish(theirs, by=cast.colleague, at=timezone.now())


def test_whoever_takes_it_has_it_alone(cast: Cast, begun: Begun, client_of: ClientOf) -> None:
    who = for_people(cast.colleague, cast.salesperson)
    run = begun(make_process([block("task", "Call", who=who)]))
    mine = WorkItem.objects.get(run=run, assignee=cast.salesperson)
    page = reverse("processes:work", args=[mine.pk])
    take = reverse("processes:take", args=[mine.pk])
    client = client_of(cast.salesperson)
    assert take in client.get(page).content.decode()
    assert client.post(take).status_code == 302
    assert holders(run) == [cast.salesperson]
    assert take not in client.get(page).content.decode()


@pytest.mark.parametrize("need", ["all", "order", "count"])
def test_an_approval_asks_them_as_its_rule_says(cast: Cast, begun: Begun, need: str) -> None:
    people = [cast.head, cast.colleague, cast.salesperson]
    rule = {"need": need} | ({"count": 2} if need == "count" else {})
    steps = [
        block("approval", "Approve", who=for_people(*people), rule=rule),
        block("task", "Send", who=OWNER),
    ]
    run = begun(make_process(steps))
    assert holders(run) == (people[:1] if need == "order" else people)
    asked = 0
    while open_work(run) != ["Send"]:
        item = WorkItem.objects.filter(run=run, state="open").order_by("place").first()
        assert item is not None
        assert item.assignee == people[asked], "in the order they were named"
        working.finish(item, by=people[asked], at=timezone.now(), outcome="approved")
        asked += 1
    assert asked == (2 if need == "count" else 3)


def test_a_department_is_all_who_are_in_it_and_below(cast: Cast, quagmire: Deal, begun: Begun) -> None:
    above = cast.salesperson.department
    assert above is not None
    below = Department.objects.create(name="North", parent=above)
    cast.colleague.department = below
    cast.colleague.save()
    run = begun(make_process([block("task", "Call", who={"kind": "department", "id": above.pk})], name="A"))
    assert {cast.salesperson, cast.colleague} <= set(holders(run))
    run = begun(make_process([block("task", "Call", who={"kind": "department", "id": below.pk})], name="B"))
    assert holders(run) == [cast.colleague]
    run = begun(make_process([block("task", "Call", who={"kind": "department"})], name="C"))
    assert cast.salesperson in holders(run), "of the owner"


@pytest.fixture
def draft(cast: Cast) -> Process:
    told = {"by": cast.head, "at": timezone.now()}
    blocks = [block("approval", "Approve", who=for_people(cast.colleague, cast.head), rule={"need": "order"})]
    return operations.create(
        name="A", subject_kind="deal", starts=[{"button": True}], outline={"blocks": blocks}, **told
    )


def test_the_editor_keeps_several_people_in_their_order(
    cast: Cast, client_of: ClientOf, draft: Process
) -> None:
    key = draft.outline["blocks"][0]["id"]
    client = client_of(cast.head)
    page = client.get(reverse("processes:design", args=[draft.pk])).content.decode()
    words = f"{cast.colleague.name}, {cast.head.name}: all of them approve, one after another"
    assert words in page
    form = form_of(Around(draft), key)
    assert [form.initial[f"several-{n}"] for n in range(2)] == [cast.colleague.pk, cast.head.pk]
    sent = {
        "revision": draft.draft_revision, "name": "Approve", "who": "several", "need": "order",
        "several-0": cast.salesperson.pk, "several-1": "", "several-2": cast.colleague.pk,
        "several-3": cast.salesperson.pk,
    }  # fmt: skip
    assert client.post(reverse("processes:design_part", args=[draft.pk, key]), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.outline["blocks"][0]["who"] == for_people(cast.salesperson, cast.colleague)
    nobody = {name: value for name, value in sent.items() if not name.startswith("several")}
    draft.refresh_from_db()
    nobody |= {"revision": draft.draft_revision, "several-0": ""}
    answer = client.post(reverse("processes:design_part", args=[draft.pk, key]), nobody)
    assert (answer.status_code, "Say who they are." in answer.content.decode()) == (422, True)


def test_a_department_that_is_gone_or_empty_stands_against_publishing(cast: Cast, draft: Process) -> None:
    empty = Department.objects.create(name="Nobody yet")
    blocks = [
        block("task", "Call", who={"kind": "department", "id": empty.pk}),
        block("task", "Send", who={"kind": "department", "id": 999_999}),
        block("task", "Rest", who={"kind": "department"}),
    ]
    operations.edit(draft, revision=None, by=cast.head, at=timezone.now(), outline={"blocks": blocks})
    found = problems_of(operations.draft_graph(draft), known(draft))
    assert [each.code for each in found if each.is_error] == ["empty_department", "no_department"]
