"""What deals offer to processes: fields to ask about, verbs to call."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.custom.conditions import custom_fields
from deals.models import Deal, LossReason, Stage
from foundation.automation import Action, Field, offer, offer_more
from users.models import User

FIELDS = [
    Field("deal.title", _("Deal: title"), "text", "title"),
    Field("deal.amount", _("Deal: amount"), "money", "amount"),
    Field("deal.base_amount", _("Deal: amount in the company's currency"), "money", "base_amount"),
    Field("deal.currency", _("Deal: currency"), "text", "currency"),
    Field("deal.pipeline", _("Deal: pipeline"), "choice", "pipeline_id"),
    Field("deal.stage", _("Deal: stage"), "choice", "stage_id"),
    Field("deal.state", _("Deal: state"), "choice", "state"),
    Field("deal.owner", _("Deal: owner"), "person", "owner_id"),
    Field("deal.source", _("Deal: source"), "choice", "source_id"),
    Field("deal.expected_close_on", _("Deal: expected close"), "date", "expected_close_on"),
    Field("deal.next_step_on", _("Deal: day of the next step"), "date", "next_step_on"),
    Field("deal.opened_at", _("Deal: opened"), "moment", "opened_at"),
    Field("deal.entered_stage_at", _("Deal: entered its stage"), "moment", "entered_stage_at"),
    Field("deal.last_touch_at", _("Deal: last touch of the client"), "moment", "last_touch_at"),
    Field("deal.probability", _("Deal: own estimate, %"), "number", "probability"),
    Field("deal.closed_at", _("Deal: closed"), "moment", "closed_at"),
    Field("deal.client_industry", _("Deal: client's industry"), "choice", "account__industry_id"),
]


def move(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).move(Stage.objects.get(pk=arguments["stage"]), **told)


def transfer(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).transfer(Stage.objects.select_related("pipeline").get(pk=arguments["stage"]), **told)


def win(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).win(**told)


def lose(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    reason = LossReason.objects.get(pk=arguments["reason"])
    _deal(deal_id).lose(reason, note=arguments.get("note", ""), **told)


def assign(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).assign(User.objects.get(pk=arguments["owner"]), **told)


def plan_next_step(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).plan_next_step(arguments.get("text", ""), arguments["on"], **told)


ACTIONS = [
    Action("deal.move", _("Move the deal"), "deal", move, "deals.move", {"stage": "stage"}),
    Action(
        "deal.transfer",
        _("Move the deal to another pipeline"),
        "deal",
        transfer,
        "deals.move",
        {"stage": "stage"},
    ),
    Action("deal.win", _("Close the deal as won"), "deal", win, "deals.move"),
    Action(
        "deal.lose",
        _("Close the deal as lost"),
        "deal",
        lose,
        "deals.move",
        {"reason": "loss_reason", "note": "text"},
    ),
    Action(
        "deal.assign", _("Give the deal to somebody"), "deal", assign, "deals.assign", {"owner": "person"}
    ),
    Action(
        "deal.plan_next_step",
        _("Plan the deal's next step"),
        "deal",
        plan_next_step,
        "deals.change",
        {"text": "text", "on": "date"},
    ),
]


def register() -> None:
    offer(*FIELDS, *ACTIONS)
    offer_more(lambda: custom_fields("deal", _("Deal"), "deal"))
    offer_more(lambda: custom_fields("client", _("Client"), "client", path="account__"))


def _deal(deal_id: int) -> Deal:
    return Deal.objects.get(pk=deal_id)
