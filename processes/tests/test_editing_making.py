"""From a recipe, from a file, to a published version and off again; the lists that show how processes do."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from deals.testing import make_deal
from processes import operations
from processes.models import Process, Status
from processes.recipes import RECIPES
from processes.testing import block, make_process
from users.testing import Cast

Clients = Any
OWNER = {"kind": "owner"}


def test_a_blank_process_is_about_something_and_its_maker_is_responsible(
    cast: Cast, client_of: Clients
) -> None:
    address = reverse("processes:design_new")
    client = client_of(cast.head)
    assert client.post(address, {"name": "", "subject_kind": "deal"}).status_code == 422
    answer = client.post(address, {"name": "Onboarding", "subject_kind": "account"})
    process = Process.objects.get()
    assert answer.url == reverse("processes:design", args=[process.pk])
    assert (process.owner, process.subject_kind, process.status) == (cast.head, "account", Status.DRAFT)


@pytest.mark.parametrize("key", list(RECIPES))
def test_a_recipe_asks_its_questions_and_gives_a_draft(cast: Cast, client_of: Clients, key: str) -> None:
    make_deal(owner=cast.salesperson)
    client = client_of(cast.head)
    address = reverse("processes:design_recipe", args=[key])
    page = client.get(address)
    said: dict[str, Any] = {"name": "From a recipe"}
    for name, field in page.context["form"].fields.items():
        value = page.context["form"].initial.get(name, field.initial)
        if value is not None and value is not False:
            said[name] = value
    answer = client.post(address, said)
    assert answer.status_code == 302, answer.context["form"].errors
    process = Process.objects.get()
    assert process.outline["blocks"]
    assert client.get(answer.url).status_code == 200


def test_publishing_says_what_stands_against_it(cast: Cast, client_of: Clients) -> None:
    process = operations.create(
        name="Call", subject_kind="deal", by=cast.head, at=timezone.now(), starts=[{"button": True}],
        outline={"blocks": [block("task", "Call", who={"kind": "role", "key": "nobody"})]},
    )  # fmt: skip
    client = client_of(cast.head)
    address = reverse("processes:design_publish", args=[process.pk])
    answer = client.post(address, {"revision": process.draft_revision})
    assert answer.status_code == 422
    assert "“Call” is for a role that is not there: nobody." in answer.content.decode()
    operations.edit(
        process, revision=None, by=cast.head, at=timezone.now(),
        outline={"blocks": [block("task", "Call", who=OWNER)]},
    )  # fmt: skip
    assert client.post(address, {"revision": 0}).status_code == 409
    assert client.post(address, {"revision": 1, "note": "First"}).status_code == 302
    process.refresh_from_db()
    assert (process.status, process.current.note) == (Status.ON, "First")


def test_two_versions_are_compared_as_sentences(cast: Cast, client_of: Clients) -> None:
    process = make_process([block("task", "Call", who=OWNER)], by=cast.head)
    blocks = [block("task", "Call", who={"kind": "head"}), block("end", result="done")]
    operations.edit(process, revision=None, by=cast.head, at=timezone.now(), outline={"blocks": blocks})
    operations.publish(process, by=cast.head, at=timezone.now())
    address = reverse("processes:design_versions", args=[process.pk])
    page = client_of(cast.head).get(f"{address}?before=1&after=2")
    said = [(line.what, line.text) for line in page.context["lines"]]
    assert said[0] == ("same", "▸ Somebody presses a button")
    assert ("gone", "Call: The owner: Call.") in said
    assert ("new", "Call: The owner's head: Call.") in said
    assert client_of(cast.head).get(f"{address}?before=7&after=x").status_code == 200


def test_a_process_goes_out_as_a_file_and_comes_in_as_a_draft(cast: Cast, client_of: Clients) -> None:
    process = make_process([block("task", "Call", who=OWNER)], by=cast.head)
    client = client_of(cast.head)
    file = client.get(reverse("processes:design_export", args=[process.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="{process.key}.json"'
    address = reverse("processes:design_import")
    answer = client.post(address, {"file": SimpleUploadedFile("process.json", file.content)})
    made = Process.objects.exclude(pk=process.pk).get()
    assert answer.url == reverse("processes:design", args=[made.pk])
    assert (made.outline, made.starts, made.status) == (process.outline, process.starts, Status.DRAFT)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\x00", "This file cannot be read as a process."),
        (b"[" * 100_000, "This file cannot be read as a process."),
        (b"{}", "This is no process exported by this product."),
        (b" " * (1024 * 1024 + 1), "The file is larger than 1 MB."),
        (json.dumps({"format": "romashka-process/1"}).encode(), "Something is missing in the file"),
    ],
)
def test_a_file_that_is_no_process_is_refused(
    cast: Cast, client_of: Clients, content: bytes, sentence: str
) -> None:
    said = {"file": SimpleUploadedFile("process.json", content)}
    answer = client_of(cast.head).post(reverse("processes:design_import"), said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Process.objects.exists()


def test_the_lists_show_how_processes_do_in_few_statements(
    cast: Cast, client_of: Clients, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        make_process([block("task", "Call", who=OWNER)], name=f"Process {number}", by=cast.head)
    deal = make_deal(owner=cast.salesperson)
    process = Process.objects.get(name="Process 3")
    for _round in range(7):
        run = operations.start(process, deal.pk, by=cast.salesperson, at=timezone.now())
        type(run).objects.filter(pk=run.pk).update(status="ended", ended_at=timezone.now())
    for person, address in (
        (cast.head, reverse("processes:designs")),
        (cast.admin, reverse("admin:processes_process_changelist")),
    ):
        client = client_of(person)
        client.get(address)
        with django_assert_max_num_queries(22):
            page = client.get(address).content.decode()
        assert "Process 3" in page
        assert ">1.0<" in page
    change = client_of(cast.admin).get(reverse("admin:processes_process_change", args=[process.pk]))
    assert change.url == reverse("processes:design", args=[process.pk])
