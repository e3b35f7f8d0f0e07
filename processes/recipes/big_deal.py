"""A deal above an amount goes on only when somebody has approved it."""

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
    choose,
    end,
    lasting,
    role,
    task,
    tell,
    within,
)


def trigger(answers: Answers) -> dict[str, Any]:
    wanted: list[Any] = [["deal.base_amount", "gte", str(answers["amount"])]]
    if answers["stage"]:
        wanted.append(["deal.stage", "is", answers["stage"]])
    return {"fact": "deal.moved", "when": {"all": wanted}}


def blocks(answers: Answers) -> list[Block]:
    time = answers["time"]
    deadline = within(time, remind=lasting(1, "working_days"), give=lasting(2, "working_days"))
    refused = [
        tell(_("Tell the owner of the refusal"), OWNER, _("The deal {deal.title} was not approved.")),
        end("declined"),
    ]
    rework = [
        task(
            _("Put right what was asked for"),
            OWNER,
            within(lasting(2, "working_days"), tell_head=lasting(1, "working_days")),
        )
    ]
    first = approval(_("Approve the deal"), HEAD, deadline, returned=rework, declined=refused)
    second = approval(
        _("Approve the large deal"), role(answers["second_role"]), within(time), declined=[end("declined")]
    )
    return [
        first,
        choose(
            _("Is a second signature needed?"),
            (_("Large"), ["deal.base_amount", "gte", str(answers["second_amount"])], [second]),
        ),
        task(
            _("Prepare the contract"),
            OWNER,
            within(lasting(2, "working_days"), remind=lasting(1, "working_days")),
        ),
    ]


RECIPE = Recipe(
    key="big_deal",
    title=gettext_lazy("Approval of a large deal"),
    about=gettext_lazy(
        "A deal above an amount is approved by the owner's head, and a very large one by somebody more."
    ),
    subject="deal",
    trigger=trigger,
    questions=(
        Question("amount", gettext_lazy("Amount from which approval is needed"), "money", "500000.00"),
        Question(
            "stage",
            gettext_lazy("On entering the stage"),
            "choice",
            None,
            gettext_lazy("Empty: on entering any stage."),
            field="deal.stage",
        ),
        Question("time", gettext_lazy("Time to approve"), "duration", lasting(1, "working_days")),
        Question("second_amount", gettext_lazy("Amount from which two approve"), "money", "2000000.00"),
        Question("second_role", gettext_lazy("Who approves second"), "role", "administrator"),
    ),
    blocks=blocks,
)
