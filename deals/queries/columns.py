"""The columns of the list of deals, and how each is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.custom.columns import custom_columns
from deals.editors import CHANGE, EDITORS
from deals.models.deal import State
from deals.queries import words
from lists.registry import Cell, Column, offered_columns

STATE_TAGS = {"open": "", "won": "tag-good", "lost": "tag-bad"}
STAGE_CSS = {state: f"tag {tag}" if tag else "" for state, tag in STATE_TAGS.items()}
STEP_CSS = {"none": "step", "late": "step step-late", "planned": "step step-planned", "closed": ""}
ASIDE = "wide"
USUAL = ("client", "stage", "amount", "owner", "next_step", "expected", "opened")


@dataclass(frozen=True)
class ListPage:
    """What is the same for every row of a page; `names` are those of clients in custom fields."""

    now: datetime
    today: date
    deals: str
    clients: str
    names: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, now: datetime, names: Mapping[int, str]) -> "ListPage":
        return cls(now, timezone.localdate(now), reverse("deals:list"), reverse("accounts:list"), names)


def title(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("", row["title"], f"{page.deals}{row['pk']}/")


def client(row: Mapping[str, Any], page: ListPage) -> Cell:
    key = row["account_id"]
    return Cell("client", row["account__name"] or "", f"{page.clients}{key}/" if key else "")


def stage(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("stage", row["stage__name"], "", STAGE_CSS[row["state"]])


def amount(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell("end", words.amount_text(row["amount"], row["currency"]))


def base_amount(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(f"end {ASIDE}", words.amount_text(row["base_amount"], settings.BASE_CURRENCY))


def next_step(row: Mapping[str, Any], page: ListPage) -> Cell:
    step = words.step_mark(row["state"], row["next_step"], row["next_step_on"], page.today)
    return Cell("next", step.text, "", STEP_CSS[step.state], f"ti ti-{step.icon}" if step.icon else "")


def state(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(ASIDE, str(State(row["state"]).label), "", STAGE_CSS[row["state"]])


def opened(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(ASIDE, words.day_text(timezone.localdate(row["opened_at"]), page.today))


def in_stage(row: Mapping[str, Any], page: ListPage) -> Cell:
    if row["state"] != State.OPEN:
        return Cell(ASIDE, "")
    age = words.stage_age(row["entered_stage_at"], row["stage__norm_days"], page.now)
    return Cell(ASIDE, age.text, "", "is-over" if age.is_over else "")


def plain(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(ASIDE, row[name] or "")

    return cell


def day(name: str) -> Any:
    def cell(row: Mapping[str, Any], page: ListPage) -> Cell:
        return Cell(ASIDE, words.day_text(row[name], page.today))

    return cell


def number(row: Mapping[str, Any], page: ListPage) -> Cell:
    return Cell(f"end {ASIDE}", f"ID{row['pk']}")


OWN = [
    Column(name="title", label=_("Deal"), needs=("title",), cell=title, order="title"),
    Column(
        name="client",
        label=_("Client"),
        needs=("account_id", "account__name"),
        cell=client,
        order="account__sort_key",
    ),
    Column(
        name="stage", label=_("Stage"), needs=("state", "stage__name"), cell=stage, order="stage__position"
    ),
    Column(
        name="amount",
        label=_("Amount"),
        needs=("amount", "currency"),
        cell=amount,
        css="end",
        order="base_amount",
        money="base_amount",
    ),
    Column(
        name="base_amount",
        label=_("In the company's currency"),
        needs=("base_amount",),
        cell=base_amount,
        css=f"end {ASIDE}",
        money="base_amount",
    ),
    Column(
        name="owner",
        label=_("Owner"),
        needs=("owner__name",),
        cell=plain("owner__name"),
        css=ASIDE,
        order="owner__sort_key",
    ),
    Column(
        name="next_step",
        label=_("Next step"),
        needs=("state", "next_step", "next_step_on"),
        cell=next_step,
        order="next_step_on",
    ),
    Column(
        name="expected",
        label=_("Expected close"),
        needs=("expected_close_on",),
        cell=day("expected_close_on"),
        css=ASIDE,
        order="expected_close_on",
    ),
    Column(name="opened", label=_("Opened"), needs=("opened_at",), cell=opened, css=ASIDE, order="opened_at"),
    Column(
        name="closed",
        label=_("Closed"),
        needs=("closed_on",),
        cell=day("closed_on"),
        css=ASIDE,
        order="closed_on",
    ),
    Column(name="state", label=_("State"), needs=("state",), cell=state, css=ASIDE),
    Column(
        name="pipeline",
        label=_("Pipeline"),
        needs=("pipeline__name",),
        cell=plain("pipeline__name"),
        css=ASIDE,
        order="pipeline__position",
    ),
    Column(
        name="in_stage",
        label=_("In the stage"),
        needs=("state", "entered_stage_at", "stage__norm_days"),
        cell=in_stage,
        css=ASIDE,
        order="entered_stage_at",
    ),
    Column(
        name="source",
        label=_("Source"),
        needs=("source__name",),
        cell=plain("source__name"),
        css=ASIDE,
        order="source__name",
    ),
    Column(
        name="reason",
        label=_("Loss reason"),
        needs=("loss_reason__name",),
        cell=plain("loss_reason__name"),
        css=ASIDE,
        order="loss_reason__name",
    ),
    Column(
        name="industry",
        label=_("Industry of the client"),
        needs=("account__industry__name",),
        cell=plain("account__industry__name"),
        css=ASIDE,
        order="account__industry__name",
    ),
    Column(name="number", label=_("Number"), needs=(), cell=number, css=f"end {ASIDE}", order="pk"),
]
BY_NAME = {column.name: replace(column, editor=EDITORS.get(column.name)) for column in OWN}


def columns() -> dict[str, Column]:
    """All there are to choose from: the deal's own, its custom fields, and what rooms above know of it."""
    return BY_NAME | custom_columns("deal", CHANGE) | offered_columns("deals")
