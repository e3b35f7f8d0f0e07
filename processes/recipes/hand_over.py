"""A client who gets another owner is handed over in person."""

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
    lasting,
    pause,
    stage,
    task,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    return [
        stage(
            _("Acquaintance"),
            _("The new owner knows the client, and the client knows them."),
            within(answers["time"], tell_head=day),
            task(
                _("Read the client's history"),
                OWNER,
                within(day, remind=day),
                checklist=[
                    _("Open deals"),
                    _("Promises made"),
                    _("Debts and complaints"),
                    _("People and their birthdays"),
                ],
            ),
            task(
                _("Introduce yourself to the client"),
                OWNER,
                within(lasting(3, "working_days"), remind=day, tell_head=lasting(2, "working_days")),
            ),
        ),
        pause(_("Let them work together"), answers["check"]),
        approval(
            _("Has the hand-over worked?"),
            HEAD,
            within(lasting(2, "working_days"), remind=day),
            returned=[
                task(
                    _("Put right what the head has found"),
                    OWNER,
                    within(lasting(3, "working_days"), remind=day),
                )
            ],
        ),
    ]


RECIPE = Recipe(
    key="hand_over",
    title=gettext_lazy("Hand-over of a client"),
    about=gettext_lazy(
        "A new owner reads the history and introduces themselves; some weeks later the head looks at it."
    ),
    subject="account",
    trigger=lambda answers: {"fact": "account.assigned"},
    questions=(
        Question("time", gettext_lazy("Time to get acquainted"), "duration", lasting(5, "working_days")),
        Question("check", gettext_lazy("Time until the head looks"), "duration", lasting(10, "working_days")),
    ),
    blocks=blocks,
)
