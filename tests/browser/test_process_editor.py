"""A head builds a process without documentation: every click here is one a person would make."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from deals.models import Deal, Stage
from deals.testing import make_deal
from processes.models import Process, WorkItem
from processes.testing import settle
from tests.browser.conftest import NARROW, WIDE, sideways, violations
from users.testing import Cast

Visit = Callable[..., Page]


@pytest.fixture
def deal(cast: Cast) -> Deal:
    return make_deal("Roses for the hall", owner=cast.salesperson, amount=Decimal(150_000))


def test_a_head_builds_the_approval_of_large_deals_and_it_works(cast: Cast, deal: Deal, visit: Visit) -> None:
    """“When a deal enters Proposal and its amount is over 100,000, the head approves within one working day, else
    remind, else escalate; when approved, plan the contract task.”

    Nine clicks (numbered), five choices from drop-downs and four texts typed.
    """
    page = visit(cast.head, "/processes/design/")
    page.get_by_role("link", name="New process").first.click()  # 1
    page.get_by_label("Name of the process").fill("Approval of large deals")
    page.get_by_role("button", name="Build it step by step").click()  # 2

    # When: the form of the first beginning is open, on “it enters a stage”.
    page.get_by_label("Which stage").select_option(label="Sales: Proposal")
    page.get_by_label("Add a condition").select_option(label="Deal: amount")
    value = page.get_by_label("Value")
    expect(value).to_be_focused()
    value.fill("100,000")
    page.get_by_role("button", name="Done", exact=True).click()  # 3
    expect(page.locator(".editor-starts")).to_contain_text("A deal enters “Sales: Proposal”")
    expect(page.locator(".editor-starts")).to_contain_text("Deal: amount is more than 100,000")

    # Then: an empty outline shows what can happen.
    page.get_by_role("button", name="Somebody approves").click()  # 4
    form = page.locator("[data-part]")
    expect(form.get_by_label("Who", exact=False).first).to_be_visible()
    form.get_by_label("What is approved").fill("Approve the deal")
    late = form.locator(".late-row")
    late.nth(0).get_by_label("If late").select_option(label="remind them")
    late.nth(1).get_by_label("If late").select_option(label="tell their head")
    page.get_by_role("button", name="Done", exact=True).click()  # 5
    expect(page.locator("[data-part]")).to_have_count(0)
    expect(page.locator("[data-block]")).to_contain_text("If late by 1 working day: remind")

    page.locator(".editor-steps > .outline > li:last-child > .plus").click()  # 6
    page.get_by_role("button", name="Done by itself").click()  # 7
    page.get_by_label("What is done").select_option(label="Plan a task in the deal")
    page.get_by_label("Title").fill("Contract for {deal.title}")
    page.get_by_role("button", name="Done", exact=True).click()  # 8
    expect(page.locator("[data-block]").last).to_contain_text("Plan a task in the deal")
    assert violations(page) == []

    page.get_by_role("button", name="Publish").click()  # 9
    expect(page.get_by_text("Version 1 is running.")).to_be_visible()

    process = Process.objects.get()
    assert process.is_on
    proposal = Stage.objects.get(name="Proposal")
    late_steps = process.outline["blocks"][0]["deadline"]["late"]
    assert [(each["do"], each["amount"], each["unit"]) for each in late_steps] == [
        ("remind", 1, "working_days"),
        ("escalate", 2, "working_days"),
    ]
    deal.refresh_from_db()
    deal.move(proposal, by=cast.salesperson, at=timezone.now())
    settle()
    work = WorkItem.objects.get(state="open")
    assert (work.name, work.assignee, work.subject_id) == ("Approve the deal", cast.head, deal.pk)


def test_the_keyboard_moves_and_deletes_and_undo_brings_back(cast: Cast, deal: Deal, visit: Visit) -> None:
    from processes import operations
    from processes.testing import block

    steps = [block("task", name, who={"kind": "owner"}) for name in ("Prepare", "Send", "Call")]
    process = operations.create(
        name="Offer", subject_kind="deal", by=cast.head, at=timezone.now(),
        outline={"blocks": steps}, starts=[{"button": True}],
    )  # fmt: skip
    page = visit(cast.head, f"/processes/design/{process.pk}/", width=NARROW, dark=True)
    titles = page.locator(".block-words strong")
    page.locator("[data-block] [data-card]").nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(titles).to_have_text(["Send", "Prepare", "Call"])
    expect(page.locator("[data-block] [data-card]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Delete")
    expect(titles).to_have_text(["Send", "Prepare"])
    page.get_by_role("button", name="Undo").click()
    expect(titles).to_have_text(["Send", "Prepare", "Call"])
    page.locator("[data-block] [data-card]").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is to be done")).to_be_focused()
    assert sideways(page) == 0
    assert violations(page) == []
    page.get_by_label("What is to be done").fill("Ring them")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["Send", "Prepare", "Ring them"])

    # What was typed is kept when one goes on to another step without pressing “Done”.
    page.locator("[data-block] [data-card]").nth(0).click()
    page.get_by_label("What is to be done").fill("Send the offer")
    page.locator("[data-block] [data-card]").nth(1).click()
    expect(page.get_by_label("What is to be done")).to_have_value("Prepare")
    expect(titles).to_have_text(["Send the offer", "Prepare", "Ring them"])


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)])
def test_questions_several_people_and_groups_are_made_without_a_mouse_trap(
    cast: Cast, deal: Deal, visit: Visit, width: dict[str, int], dark: bool
) -> None:
    from processes import operations
    from processes.testing import block

    branch = {"id": "large", "name": "", "when": {"all": [["deal.amount", "gt", "100"]]}, "blocks": []}
    steps = [
        block("task", "Measure", who={"kind": "owner"}),
        block("choice", "Large", branches=[branch], **{"else": []}),
    ]
    process = operations.create(
        name="Survey", subject_kind="deal", by=cast.head, at=timezone.now(),
        outline={"blocks": steps}, starts=[{"button": True}],
    )  # fmt: skip
    page = visit(cast.head, f"/processes/design/{process.pk}/?open={steps[0]['id']}", width=width, dark=dark)
    page.locator("#part_who").select_option(label="Several people…")
    page.get_by_label("Person 1").select_option(label=cast.colleague.name)
    page.get_by_label("Person 2").select_option(label=cast.salesperson.name)
    page.get_by_role("button", name="Ask for something").click()
    page.get_by_label("Question", exact=True).fill("How deep")
    page.get_by_label("Answered with").select_option(label="one of a list")
    expect(page.get_by_label("The answers, one a line")).to_be_visible()
    page.get_by_label("Answered with").select_option(label="a number")
    expect(page.get_by_label("The answers, one a line")).to_have_count(0)
    expect(page.get_by_label("Question", exact=True)).to_have_value("How deep")
    page.get_by_role("button", name="Ask for one more thing").click()
    second = page.get_by_role("group", name="Question 2")
    second.get_by_label("What", exact=True).select_option(label="Deal: amount")
    expect(second.get_by_label("Other words for it")).to_be_visible()
    second.get_by_role("button", name="Ask this earlier").click()
    expect(page.get_by_role("group", name="Question 2").get_by_label("Question", exact=True)).to_have_value(
        "How deep"
    )
    # So tall that the bars of a phone lie over no half of a field, wherever it is scrolled to.
    page.set_viewport_size({"width": width["width"], "height": 4_000})
    assert violations(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Done", exact=True).click()
    words = f"{cast.colleague.name} or {cast.salesperson.name}: Measure, and fills in: Deal: amount, How deep"
    expect(page.locator("[data-block]").first).to_contain_text(words)

    page.locator(".within-words").first.click()
    page.get_by_role("button", name="Group", exact=True).click()
    group = page.get_by_role("group", name="Group")
    group.get_by_label("Add a condition").select_option(label="How deep (asked in “Measure”)")
    value = page.get_by_role("group", name="Group").get_by_label("Value")
    expect(value).to_be_focused()
    value.fill("5")
    page.locator("#row-when-0").get_by_role("button", name="Move into the group").click()
    expect(page.get_by_role("group", name="Group").locator(".asks-row:not(.asks-new)")).to_have_count(2)
    page.get_by_label("Add a condition").last.select_option(label="Deal: products")
    page.get_by_role("group", name="Deal: products").get_by_label("Add a condition").select_option(
        label="Product: quantity"
    )
    page.get_by_role("group", name="Deal: products").get_by_label("Value").fill("3")
    assert violations(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.locator("[data-part]")).to_have_count(0)
    process.refresh_from_db()
    assert process.outline["blocks"][1]["branches"][0]["when"] == {
        "all": [
            {"any": [["answers.how_deep", "gt", "5"], ["deal.amount", "gt", "100"]]},
            {"some": ["deal.lines", {"all": [["line.quantity", "gt", "3"]]}]},
        ]
    }
