"""What was sold is paid on the agreed days, or asked for step by step."""

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
    pause,
    role,
    stage,
    task,
    times,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    accountant = role(answers["accountant"])
    ask = [
        task(_("Remind the client of the payment"), OWNER, within(day, remind=day)),
        pause(_("Give the payment time"), answers["between"]),
        task(_("Call the client about the overdue payment"), OWNER, within(day, tell_head=day)),
        pause(_("Give the payment time"), answers["between"]),
    ]
    claim = [
        task(_("Send a formal claim"), accountant, within(lasting(3, "working_days"), tell_head=day)),
        task(_("Decide what to do about the debt"), HEAD, within(lasting(5, "working_days"), remind=day)),
        end(_("not paid")),
    ]
    return [
        task(
            _("Write down the payment schedule and send the first invoice"),
            accountant,
            within(day, remind=day),
        ),
        times(
            _("Every payment of the schedule"),
            answers["payments"],
            pause(_("Until the payment is due"), answers["due"]),
            stage(
                _("Payment"),
                _("The payment has come."),
                None,
                approval(
                    _("Has the payment come?"),
                    accountant,
                    within(day, remind=day),
                    returned=ask,
                    declined=claim,
                ),
            ),
        ),
        task(_("Close the schedule and thank the client"), OWNER, within(lasting(3, "working_days"))),
    ]


RECIPE = Recipe(
    key="payments",
    title=gettext_lazy("Payment schedule and overdue payments"),
    about=gettext_lazy(
        "Each payment is looked for on its day. Return means “not yet”: the client is reminded and called, "
        "then it is asked again. Decline means it will not come: a claim follows."
    ),
    subject="deal",
    trigger=lambda answers: {"fact": "deal.won"},
    questions=(
        Question("accountant", gettext_lazy("Who looks for payments"), "role", "accountant"),
        Question("payments", gettext_lazy("Number of payments"), "number", 3),
        Question("due", gettext_lazy("Time between payments"), "duration", lasting(30, "days")),
        Question(
            "between", gettext_lazy("Time between reminder and call"), "duration", lasting(3, "working_days")
        ),
    ),
    blocks=blocks,
)
