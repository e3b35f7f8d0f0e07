"""A client who buys for enough is offered better terms."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.graph.blocks import Block
from processes.recipes.building import (
    HEAD,
    OWNER,
    Answers,
    Question,
    Recipe,
    approval,
    end,
    lasting,
    role,
    task,
    tell,
    within,
)


def trigger(answers: Answers) -> dict[str, Any]:
    return {"fact": "deal.won", "when": ["deal.base_amount", "gte", str(answers["level"])]}


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    return [
        task(
            _("Propose new terms for the client"),
            OWNER,
            within(lasting(2, "working_days"), remind=day),
            instructions=str(answers["terms"]),
        ),
        approval(
            _("Approve the new terms"),
            HEAD,
            within(day, remind=day),
            declined=[
                tell(_("Tell the owner"), OWNER, _("The terms stay as they are: {deal.title}.")),
                end("declined"),
            ],
        ),
        task(_("Enter the new terms"), role(answers["accountant"]), within(day, remind=day)),
        task(_("Tell the client the good news"), OWNER, within(day, tell_head=lasting(2, "working_days"))),
    ]


RECIPE = Recipe(
    key="terms_upgrade",
    title=gettext_lazy("Better terms at a level of sales"),
    about=gettext_lazy(
        "A sale above a level begins a proposal of better terms, their approval, and the news to the client."
    ),
    subject="deal",
    trigger=trigger,
    questions=(
        Question("level", gettext_lazy("Amount of the sale from which"), "money", "1000000.00"),
        Question("terms", gettext_lazy("What may be offered"), "text", ""),
        Question("accountant", gettext_lazy("Who enters terms"), "role", "accountant"),
    ),
    blocks=blocks,
)
