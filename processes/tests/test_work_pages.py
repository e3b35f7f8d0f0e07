"""A piece of work: seen by who may, answered once, refused with a reason and nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.testing import assert_query_count
from processes.models import Process, Run, WorkItem
from processes.testing import block, make_process, open_work
from processes.tests.conftest import HEAD, OWNER
from users.models import Notification, User
from users.testing import Cast

ClientOf = Callable[[User], Client]
Begun = Callable[..., Run]
WorkOf = Callable[[Run], WorkItem]
FIELDS = [
    {"name": "discount", "label": "Discount, %", "kind": "number", "is_required": True},
    {"name": "starts", "label": "Begins on", "kind": "date"},
    {"name": "way", "label": "Way of payment", "kind": "choice", "options": ["Card", "Cash"]},
    {"name": "is_new", "label": "A new site", "kind": "boolean"},
    {"name": "worth", "label": "Worth", "kind": "money"},
    {"name": "deal.title", "label": "Title"},
]


@pytest.fixture
def approval() -> Process:
    return make_process(
        [
            block("task", "Prepare the offer", who=OWNER, fields=FIELDS, checklist=["Call", "Measure"],
                  instructions="Ask how deep it is."),
            block("approval", "Approve the offer", who=HEAD, declined=[], returned=[]),
            block("task", "Send it", who={"kind": "role", "key": "salesperson"}),
        ],
        name="Offer",
    )  # fmt: skip


def address(item: WorkItem) -> str:
    return reverse("processes:work", args=[item.pk])


def filled(**more: Any) -> dict[str, Any]:
    return {"answer_0": "12,5", "answer_1": "2026-12-24", "answer_2": "Card", "answer_5": "Deep", **more}


def test_whoever_has_it_reads_what_to_do_and_does_it(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(approval)
    item, person = work_of(run), client_of(cast.salesperson)
    text = person.get(address(item)).content.decode()
    for words in ("Prepare the offer", "Ask how deep it is.", "Measure", "Discount, %", "Quagmire drainage"):
        assert words in text
    assert f'href="{reverse("deals:page", args=[item.subject_id])}"' in text
    sent = {**filled(answer_3="on", answer_4="1,234.50"), "checked": ["0", "1"], "comment": "Measured twice"}
    answer = person.post(address(item), sent | {"nonce": str(uuid4())})
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    item.refresh_from_db()
    assert item.answers == {
        "discount": "12.5", "starts": "2026-12-24", "way": "Card", "is_new": True, "worth": "1234.50",
        "deal.title": "Deep",
    }  # fmt: skip
    assert (item.checked, item.comment, item.done_by) == ([0, 1], "Measured twice", cast.salesperson)
    page = person.get(run.get_absolute_url()).content.decode()
    assert "Next: Approve the offer, with Helena Marsh." in page
    seen = client_of(cast.head).get(address(work_of(run))).content.decode()
    assert "Measured twice" in seen
    assert "Discount, %" in seen


def test_a_field_of_the_record_shows_what_the_record_says(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    text = client_of(cast.salesperson).get(address(work_of(begun(approval)))).content.decode()
    assert 'value="Quagmire drainage"' in text


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"answer_0": ""}, "This field is required."),
        ({"answer_0": "a lot"}, "“a lot” is not an amount"),
        ({"answer_1": "2026-02-31"}, "Enter a valid date."),
        ({"answer_2": "Shells"}, "Select a valid choice."),
        ({"checked": ["7"]}, "Select a valid choice."),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf, sent: Any, why: str
) -> None:
    run = begun(approval)
    item = work_of(run)
    answer = client_of(cast.salesperson).post(address(item), filled(comment="Wet ground") | sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert why in text
    assert "Wet ground" in text
    assert 'value="Deep"' in text
    assert open_work(run) == ["Prepare the offer"]


def test_a_refusal_without_a_reason_is_refused_and_the_comment_of_another_kept(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(approval)
    client_of(cast.salesperson).post(address(work_of(run)), filled())
    head, url = client_of(cast.head), address(work_of(run))
    assert "Return" in head.get(url).content.decode()
    answer = head.post(url, {"outcome": "declined"})
    assert (answer.status_code, "Say why, so that it can be put right." in answer.content.decode()) == (
        422,
        True,
    )
    answer = head.post(url, {"outcome": "perhaps", "comment": "Hm"})
    assert (answer.status_code, "Say whether you approve." in answer.content.decode()) == (422, True)
    assert head.post(url, {"outcome": "returned", "comment": "Too cheap"}).status_code == 302
    again = work_of(run)
    text = client_of(cast.salesperson).get(address(again)).content.decode()
    assert "Too cheap" in text
    assert 'value="12.5"' in text, "what was filled in before it came back"


def test_sent_twice_it_is_done_once(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(approval)
    item, person, sent = work_of(run), client_of(cast.salesperson), filled(nonce=str(uuid4()))
    first, second = person.post(address(item), sent), person.post(address(item), sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    late = person.post(address(item), filled(nonce=str(uuid4())))
    assert (late.status_code, "has done this meanwhile" in late.content.decode()) == (422, True)


def test_the_outsider_finds_no_work_run_or_record(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(approval)
    item, outsider = work_of(run), client_of(cast.outsider)
    key = item.pk
    assert outsider.get(address(item)).status_code == 404
    assert outsider.post(address(item), filled()).status_code == 404
    for name in ("take", "delegate", "nudge"):
        assert outsider.post(reverse(f"processes:{name}", args=[key])).status_code == 404, name
    assert outsider.get(run.get_absolute_url()).status_code == 404
    assert outsider.get(reverse("processes:run_history", args=[run.pk])).status_code == 404
    assert outsider.get(reverse("processes:about", args=["deal", run.subject_id])).status_code == 404
    assert outsider.get(reverse("processes:about", args=["moon", run.subject_id])).status_code == 404
    for url in (reverse("processes:list"), approval.get_absolute_url(), reverse("processes:my_work")):
        answer = outsider.get(url)
        assert answer.status_code == 200
        assert "Quagmire" not in answer.content.decode()
    assert open_work(run) == ["Prepare the offer"]


def test_a_colleague_who_sees_the_deal_does_not_do_the_work_of_another(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    item = work_of(begun(approval))
    head = client_of(cast.head)
    text = head.get(address(item)).content.decode()
    assert "It waits for Sam Porter" in text
    assert 'name="outcome"' not in text
    answer = head.post(address(item), filled())
    assert (answer.status_code, "This is for somebody else to do." in answer.content.decode()) == (422, True)


def test_work_of_a_role_is_taken_and_handed_on(
    cast: Cast, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    run = begun(make_process([block("task", "Send it", who={"kind": "role", "key": "salesperson"})]))
    item, person = work_of(run), client_of(cast.colleague)
    assert "anybody of “Salesperson”" in person.get(reverse("processes:my_work")).content.decode()
    assert person.post(reverse("processes:take", args=[item.pk])).status_code == 302
    assert work_of(run).assignee == cast.colleague
    url = reverse("processes:delegate", args=[item.pk])
    assert person.post(url, {"person": ""}).status_code == 422
    assert person.get(url).status_code == 200
    answer = person.post(url, {"person": cast.salesperson.pk, "reason": "On leave"})
    assert (answer.status_code, work_of(run).assignee) == (302, cast.salesperson)
    assert client_of(cast.accountant).get(url).status_code == 403


def test_whoever_has_it_is_reminded_and_not_twice_in_a_row(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    item = work_of(begun(approval))
    head, url = client_of(cast.head), reverse("processes:nudge", args=[item.pk])
    assert "Remind" in head.get(address(item)).content.decode()
    assert head.post(url).status_code == 302
    assert Notification.objects.filter(kind="process.nudged", person=cast.salesperson).count() == 1
    again = head.post(url)
    assert (again.status_code, "reminded a short while ago" in again.content.decode()) == (422, True)
    assert "Reminded a short while ago" in head.get(address(item)).content.decode()


def test_my_work_is_late_first_and_can_be_narrowed(
    cast: Cast, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    role = make_process(
        [block("task", "Send it", who={"kind": "role", "key": "salesperson"})], name="Posting"
    )
    mine = make_process([block("task", "Measure", who=OWNER)], name="Digging")
    begun(role)
    item = work_of(begun(mine))
    WorkItem.objects.filter(pk=item.pk).update(due_at=timezone.now() - timedelta(days=2))
    person, url = client_of(cast.salesperson), reverse("processes:my_work")
    text = person.get(url).content.decode()
    assert text.index(">Measure<") < text.index(">Send it<")
    assert "Late:" in text
    for asked, seen, unseen in (
        ("mine=1", ">Measure<", ">Send it<"), ("roles=1", ">Send it<", ">Measure<"),
        ("late=1", ">Measure<", ">Send it<"),
        (f"process={role.pk}", ">Send it<", ">Measure<"), ("process=x", ">Send it<", ">Nothing<"),
    ):  # fmt: skip
        narrowed = person.get(f"{url}?{asked}").content.decode()
        assert seen in narrowed
        assert unseen not in narrowed, asked
    assert "Nothing like that waits for you" in client_of(cast.head).get(f"{url}?late=1").content.decode()
    assert "Nothing waits for you" in client_of(cast.head).get(url).content.decode()


def test_a_process_without_the_right_is_shut(cast: Cast, client_of: ClientOf) -> None:
    cast.salesperson.roles.first().grants.filter(verb__startswith="processes.").delete()  # type: ignore[union-attr]
    for name in ("list", "my_work"):
        assert client_of(cast.salesperson).get(reverse(f"processes:{name}")).status_code == 403


def test_statements_of_work_pages(
    cast: Cast, approval: Process, begun: Begun, work_of: WorkOf, client_of: ClientOf
) -> None:
    role = make_process(
        [block("task", "Send it", who={"kind": "role", "key": "salesperson"})], name="Posting"
    )
    begun(role)
    item, person = work_of(begun(approval)), client_of(cast.salesperson)
    person.get(address(item))
    with assert_query_count("work"):
        assert person.get(address(item)).status_code == 200
    with assert_query_count("my work"):
        assert person.get(reverse("processes:my_work")).status_code == 200
    with assert_query_count("work finished"):
        assert person.post(address(item), filled(nonce=str(uuid4()))).status_code == 302
