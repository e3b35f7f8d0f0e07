"""A complaint is answered within hours, looked into, solved, and the client asked whether it is."""

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
    at_once,
    button,
    lasting,
    pause,
    role,
    task,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    hours = lasting(2, "working_hours")
    day = lasting(1, "working_days")

    def learn() -> Block:
        return task(
            _("Write down what we learn from it"),
            role(answers["service"]),
            within(lasting(5, "working_days")),
        )

    return [
        task(
            _("Tell the client that the complaint has arrived"),
            {"kind": "least_busy", "key": answers["service"]},
            within(answers["answer"], remind=hours, give=lasting(4, "working_hours")),
        ),
        at_once(
            _("Looking into it"),
            (
                _("Cause"),
                [
                    task(
                        _("Find the cause"), role(answers["service"]), within(answers["solve"], tell_head=day)
                    )
                ],
            ),
            (_("Client"), [task(_("Keep the client informed"), OWNER, within(day, remind=day))]),
        ),
        task(_("Propose how to put it right"), OWNER, within(day, remind=day)),
        approval(_("Approve what the client is offered"), HEAD, within(day, remind=hours)),
        task(_("Put it right and tell the client"), OWNER, within(answers["solve"], tell_head=day)),
        pause(_("Let the client see whether it holds"), lasting(3, "working_days")),
        approval(
            _("Is the client content?"),
            OWNER,
            within(day, remind=day, tell_head=lasting(2, "working_days")),
            declined=[
                task(_("Talk to the client in person"), HEAD, within(lasting(2, "working_days"))),
                learn(),
            ],
        ),
        learn(),
    ]


RECIPE = Recipe(
    key="complaint",
    title=gettext_lazy("Complaint"),
    about=gettext_lazy(
        "Answered within hours, its cause found, put right, and the client asked whether it is."
    ),
    subject="account",
    trigger=button,
    questions=(
        Question("service", gettext_lazy("Who answers complaints"), "role", "support"),
        Question("answer", gettext_lazy("Time to answer"), "duration", lasting(2, "working_hours")),
        Question("solve", gettext_lazy("Time to put it right"), "duration", lasting(5, "working_days")),
    ),
    blocks=blocks,
)
