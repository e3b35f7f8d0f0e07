"""What deals offer to processes: fields to ask about, verbs to call."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.automation import ROLES, fixed, industries, sources, words
from accounts.custom.conditions import custom_fields
from accounts.custom.saying import as_said, fields_to_say
from accounts.models import Account, Source
from catalog.models import Product
from deals.models import Deal, DealContact, DealLine, LossReason, Pipeline, Stage
from deals.models.deal import State
from deals.models.deal_contact import DealContactRole
from foundation.automation import (
    Action,
    Field,
    Subject,
    offer,
    offer_more,
    offer_options,
    offer_subject,
)
from foundation.money import rounded
from users.automation import people
from users.models import User


def stages() -> list[tuple[Any, str]]:
    """“Sales: Proposal”, pipeline after pipeline."""
    found = Stage.objects.filter(pipeline__is_retired=False).select_related("pipeline")
    found = found.order_by("pipeline__position", "pipeline_id", "position", "pk")
    return [(stage.pk, f"{stage.pipeline.name}: {stage.name}") for stage in found]


def pipelines() -> list[tuple[Any, Any]]:
    return list(Pipeline.objects.filter(is_retired=False).values_list("pk", "name"))


def products() -> list[tuple[Any, Any]]:
    return list(Product.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name"))


def _page(pk: int) -> str:
    return Deal(pk=pk).get_absolute_url()


loss_reasons = words(LossReason)

SUBJECTS = [
    Subject("deal", _("deal"), Deal, _page),
    Subject("line", _("product of a deal"), DealLine, of_owner=None),
    Subject("participant", _("contact of a deal"), DealContact, of_owner=None),
]

FIELDS = [
    Field("deal.title", _("Deal: title"), "text", "title"),
    Field("deal.amount", _("Deal: amount"), "money", "amount"),
    Field(
        "deal.base_amount",
        _("Deal: amount in the company's currency"),
        "money",
        "base_amount",
        unit=settings.BASE_CURRENCY,
    ),
    Field("deal.currency", _("Deal: currency"), "text", "currency"),
    Field("deal.pipeline", _("Deal: pipeline"), "choice", "pipeline_id", options=pipelines),
    Field("deal.stage", _("Deal: stage"), "choice", "stage_id", options=stages),
    Field("deal.state", _("Deal: state"), "choice", "state", options=fixed(State.choices)),
    Field("deal.owner", _("Deal: owner"), "person", "owner_id", options=people),
    Field("deal.source", _("Deal: source"), "choice", "source_id", options=sources),
    Field("deal.expected_close_on", _("Deal: expected close"), "date", "expected_close_on"),
    Field("deal.next_step_on", _("Deal: day of the next step"), "date", "next_step_on"),
    Field("deal.opened_at", _("Deal: opened"), "moment", "opened_at"),
    Field("deal.entered_stage_at", _("Deal: entered its stage"), "moment", "entered_stage_at"),
    Field("deal.last_touch_at", _("Deal: last touch of the client"), "moment", "last_touch_at"),
    Field("deal.next_meeting_at", _("Deal: next meeting"), "moment", "next_meeting_at"),
    Field("deal.next_step", _("Deal: next step"), "text", "next_step"),
    Field("deal.probability", _("Deal: own estimate, %"), "number", "probability", unit="%"),
    Field("deal.closed_at", _("Deal: closed"), "moment", "closed_at"),
    Field("deal.loss_reason", _("Deal: loss reason"), "choice", "loss_reason_id", options=loss_reasons),
    Field("deal.client_name", _("Deal: client's name"), "text", "account__name"),
    Field("deal.client_owner", _("Deal: client's owner"), "person", "account__owner_id", options=people),
    Field("deal.client_roles", _("Deal: client's roles"), "choices", "account__roles", options=ROLES),
    Field("deal.client_employees", _("Deal: client's employees"), "number", "account__employees"),
    Field(
        "deal.client_industry",
        _("Deal: client's industry"),
        "choice",
        "account__industry_id",
        options=industries,
    ),
    Field("deal.lines", _("Deal: products"), "list", "deal", of="line"),
    Field("deal.contacts", _("Deal: contacts"), "list", "deal_contacts__deal", of="contact"),
    Field("deal.participants", _("Deal: contacts and their roles"), "list", "deal", of="participant"),
    Field("line.product", _("Product: which"), "choice", "product_id", options=products),
    Field("line.quantity", _("Product: quantity"), "number", "quantity"),
    Field(
        "participant.role", _("Participant: role"), "choice", "role", options=fixed(DealContactRole.choices)
    ),
    Field("participant.name", _("Participant: name"), "text", "contact__name"),
    Field("participant.position", _("Participant: position"), "text", "contact__position"),
    Field("account.deals", _("Client: deals"), "list", "account", of="deal"),
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


def change(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    """Write plain fields; what is not named stays."""
    deal, said = _deal(deal_id), dict(arguments)
    if said.get("amount") is not None:
        said["amount"] = rounded(Decimal(str(said["amount"])), deal.currency)
    if "source" in said:
        said["source"] = Source.objects.filter(pk=said["source"] or 0).first()
    deal.change(said, **told)


def plan_next_step(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    _deal(deal_id).plan_next_step(arguments.get("text", ""), arguments["on"], **told)


def fill_in(deal_id: int, arguments: dict[str, Any], **told: Any) -> None:
    key = arguments["field"]
    custom = {key: as_said("deal", key, arguments.get("value", ""))}
    _deal(deal_id).change({"custom": custom}, **told)


def open_with(account_id: int, arguments: dict[str, Any], **told: Any) -> None:
    """A deal with the client, whose owner it is where nobody else is named."""
    account = Account.objects.select_related("owner").get(pk=account_id)
    stage = Stage.objects.select_related("pipeline").get(pk=arguments["stage"])
    owner = User.objects.get(pk=arguments["owner"]) if arguments.get("owner") else account.owner
    fields: dict[str, Any] = {}
    if arguments.get("amount") not in (None, ""):
        fields["amount"] = Decimal(str(arguments["amount"]))
    Deal.create(title=arguments.get("title", ""), stage=stage, account=account, owner=owner, **fields, **told)


ACTIONS = [
    Action("deal.move", _("Move the deal"), "deal", move, "deals.move", {"stage": "stage"}, ("stage",)),
    Action(
        "deal.transfer",
        _("Move the deal to another pipeline"),
        "deal",
        transfer,
        "deals.move",
        {"stage": "stage"},
        ("stage",),
    ),
    Action(
        "deal.change",
        _("Change the deal"),
        "deal",
        change,
        "deals.change",
        {"title": "text", "amount": "money", "expected_close_on": "date", "source": "deal_source"},
    ),
    Action("deal.win", _("Close the deal as won"), "deal", win, "deals.move"),
    Action(
        "deal.lose",
        _("Close the deal as lost"),
        "deal",
        lose,
        "deals.move",
        {"reason": "loss_reason", "note": "text"},
        ("reason",),
    ),
    Action(
        "deal.assign",
        _("Give the deal to somebody"),
        "deal",
        assign,
        "deals.assign",
        {"owner": "person"},
        ("owner",),
    ),
    Action(
        "deal.plan_next_step",
        _("Plan the deal's next step"),
        "deal",
        plan_next_step,
        "deals.change",
        {"text": "text", "on": "date"},
        ("text", "on"),
    ),
    Action(
        "deal.fill_in",
        _("Fill in a field of the deal"),
        "deal",
        fill_in,
        "deals.change",
        {"field": "deal_field", "value": "text"},
        ("field",),
    ),
    Action(
        "deal.open_with_client",
        _("Open a deal with the client"),
        "account",
        open_with,
        "deals.create",
        {"title": "text", "stage": "stage", "amount": "money", "owner": "person"},
        ("title", "stage"),
    ),
]


def register() -> None:
    offer_subject(*SUBJECTS)
    offer(*FIELDS, *ACTIONS)
    offer_options("deal_source", sources)
    offer_options("stage", stages)
    offer_options("deal_field", fields_to_say("deal"))
    offer_options("loss_reason", loss_reasons)
    offer_more(lambda: custom_fields("deal", _("Deal"), "deal"))
    offer_more(lambda: custom_fields("client", _("Client"), "client", path="account__", subject="deal"))


def _deal(deal_id: int) -> Deal:
    return Deal.objects.get(pk=deal_id)
