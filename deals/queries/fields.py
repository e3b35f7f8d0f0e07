"""What deals can be asked about with conditions, and clients about their deals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.custom.fields import custom_asked
from accounts.models import Account, Industry, Source
from deals.models import Deal, LossReason, Pipeline, Stage
from deals.models.deal import State
from lists.where.fields import CHOICE, DAY, MOMENT, MONEY, NUMBER, RELATED, TEXT, Field, Hop
from users.models import User

ANY_STATE = "any"
CLIENT = Hop(path="account", records=lambda person: Account.objects.visible_to(person))
ABOUT_CLIENT = _("Client")


def people(person: Any) -> Any:
    return User.objects.visible_to(person).filter(is_robot=False)


OWN = [
    Field(name="title", label=_("Deal"), kind=TEXT, path="title", searched="search_text"),
    Field(name="amount", label=_("Amount in the company's currency"), kind=MONEY, path="base_amount"),
    Field(
        name="stage",
        label=_("Stage"),
        kind=CHOICE,
        path="stage_id",
        records=lambda _person: Stage.objects.all(),
    ),
    Field(
        name="pipeline",
        label=_("Pipeline"),
        kind=CHOICE,
        path="pipeline_id",
        records=lambda _person: Pipeline.objects.all(),
    ),
    Field(name="state", label=_("State"), kind=CHOICE, path="state", options=State.choices),
    Field(name="owner", label=_("Owner"), kind=CHOICE, path="owner_id", records=people, is_person=True),
    Field(
        name="source",
        label=_("Source"),
        kind=CHOICE,
        path="source_id",
        records=lambda _person: Source.objects.all(),
    ),
    Field(
        name="reason",
        label=_("Loss reason"),
        kind=CHOICE,
        path="loss_reason_id",
        records=lambda _person: LossReason.objects.all(),
    ),
    Field(name="next_step", label=_("Next step"), kind=TEXT, path="next_step"),
    Field(name="next_step_on", label=_("Day of the next step"), kind=DAY, path="next_step_on"),
    Field(name="expected", label=_("Expected close"), kind=DAY, path="expected_close_on"),
    Field(name="closed", label=_("Closed"), kind=DAY, path="closed_on"),
    Field(name="opened", label=_("Opened"), kind=MOMENT, path="opened_at"),
    Field(name="entered", label=_("Entered its stage"), kind=MOMENT, path="entered_stage_at"),
]
OF_CLIENT = [
    Field(
        name="client.name",
        label=_("Name"),
        kind=TEXT,
        path="name",
        searched="search_text",
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.industry",
        label=_("Industry"),
        kind=CHOICE,
        path="industry_id",
        records=lambda _person: Industry.objects.all(),
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.source",
        label=_("Source"),
        kind=CHOICE,
        path="source_id",
        records=lambda _person: Source.objects.all(),
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.owner",
        label=_("Owner"),
        kind=CHOICE,
        path="owner_id",
        records=people,
        is_person=True,
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.employees",
        label=_("Employees"),
        kind=NUMBER,
        path="employees",
        is_whole=True,
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.revenue",
        label=_("Annual revenue"),
        kind=MONEY,
        path="annual_revenue",
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.created",
        label=_("Added"),
        kind=MOMENT,
        path="created_at",
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
    Field(
        name="client.last",
        label=_("Last activity"),
        kind=MOMENT,
        path="last_event_at",
        hop=CLIENT,
        about=ABOUT_CLIENT,
    ),
]
BY_NAME = {field.name: field for field in [*OWN, *OF_CLIENT]}


def fields() -> dict[str, Field]:
    """The deal's own, its client's, and those the company added."""
    return (
        BY_NAME
        | custom_asked("deal")
        | custom_asked("client", prefix="client.", hop=CLIENT, about=ABOUT_CLIENT)
    )


def deals_of_client() -> dict[str, Field]:
    """For the list of clients: whether there are deals, of which kind and how many."""
    options = [
        (ANY_STATE, _("deals")),
        ("open", _("open deals")),
        ("won", _("won deals")),
        ("lost", _("lost deals")),
    ]
    return {
        "deals": Field(
            name="deals",
            label=_("Deals"),
            kind=RELATED,
            options=options,
            related=_deals_in,
            link="account_id",
        )
    }


def _deals_in(person: Any, word: str) -> Any:
    seen = Deal.objects.visible_to(person)
    return seen if word == ANY_STATE else seen.filter(state=word)
