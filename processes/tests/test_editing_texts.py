"""Texts with fields in braces: offered in a menu, shown on a real record, filled in for whoever does the work."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from processes import operations
from processes.models import Process, Run, WorkItem
from processes.testing import block, make_process
from processes.tests.conftest import OWNER
from users.models import User
from users.testing import Cast

ClientOf = Callable[[User], Client]
DEPTH = {"name": "depth", "label": "Depth", "kind": "number"}


@pytest.fixture
def process(cast: Cast) -> Process:
    steps = [block("task", "Measure", who=OWNER, fields=[DEPTH]), block("task", "Dig", who=OWNER)]
    told = {"by": cast.head, "at": timezone.now()}
    return operations.create(name="Dig", subject_kind="deal", outline={"blocks": steps}, **told)


def reading(client: Any, process: Process, text: str) -> str:
    key = process.outline["blocks"][1]["id"]
    url = reverse("processes:design_reads", args=[process.pk, key])
    return client.post(url, {"name": "Dig", "who": "owner", "instructions": text}).content.decode()


def test_fields_and_answers_are_offered(cast: Cast, client_of: ClientOf, process: Process) -> None:
    key = process.outline["blocks"][1]["id"]
    page = client_of(cast.head).get(reverse("processes:design", args=[process.pk]) + f"?open={key}")
    text = page.content.decode()
    assert 'data-insert="{deal.title}"' in text
    assert 'data-insert="{answers.depth}"' in text


def test_a_text_is_shown_on_the_last_record(
    cast: Cast, quagmire: Deal, client_of: ClientOf, process: Process
) -> None:
    client = client_of(cast.head)
    said = reading(client, process, "Dig {answers.depth} m for {deal.title}, not {deal.gone}")
    assert "Dig [Depth (asked in “Measure”)] m for Quagmire drainage, not [no such field]" in said
    assert reading(client, process, "Dig").strip() == ""


def test_nothing_is_shown_of_what_one_may_not_see(
    cast: Cast, quagmire: Deal, client_of: ClientOf, process: Process
) -> None:
    assert (
        client_of(cast.salesperson)
        .post(reverse("processes:design_reads", args=[process.pk, process.outline["blocks"][1]["id"]]))
        .status_code
        == 403
    )


def test_instructions_are_filled_in_for_whoever_reads_them(
    cast: Cast, begun: Callable[..., Run], client_of: ClientOf
) -> None:
    run = begun(make_process([block("task", "Dig", who=OWNER, instructions="At {deal.title}, {deal.gone}.")]))
    item = WorkItem.objects.get(run=run)
    page = client_of(cast.salesperson).get(reverse("processes:work", args=[item.pk])).content.decode()
    assert "At Quagmire drainage, ." in page
