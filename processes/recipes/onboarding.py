"""A client who has just bought is welcomed, set up and asked how it goes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.graph.blocks import Block
from processes.recipes.building import (
    OWNER,
    Answers,
    Question,
    Recipe,
    at_once,
    lasting,
    pause,
    role,
    stage,
    task,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    service = role(answers["service"])
    return [
        stage(
            _("Welcome"),
            _("The client knows whom to turn to."),
            within(lasting(3, "working_days"), tell_head=day),
            at_once(
                _("Welcome"),
                (
                    _("Seller"),
                    [task(_("Welcome the client and agree on dates"), OWNER, within(day, remind=day))],
                ),
                (
                    _("Service"),
                    [task(_("Prepare the client's access and papers"), service, within(day, remind=day))],
                ),
            ),
        ),
        stage(
            _("Setting up"),
            _("The client uses what was bought."),
            within(answers["setup"], tell_head=day),
            task(_("Set up together with the client"), service, within(answers["setup"], remind=day)),
            task(_("Train the client's people"), service, within(lasting(5, "working_days"), remind=day)),
        ),
        pause(_("Let the client work"), answers["review"]),
        task(
            _("Ask the client how it goes"),
            OWNER,
            within(lasting(2, "working_days"), remind=day, tell_head=lasting(2, "working_days")),
            checklist=[_("What works"), _("What is missing"), _("What comes next")],
        ),
    ]


RECIPE = Recipe(
    key="onboarding",
    title=gettext_lazy("Onboarding of a new client"),
    about=gettext_lazy(
        "From the won deal to a client who works with it: welcome, setting up, a talk some weeks later."
    ),
    subject="deal",
    trigger=lambda answers: {"fact": "deal.won"},
    questions=(
        Question("service", gettext_lazy("Who sets up"), "role", "support"),
        Question("setup", gettext_lazy("Time for setting up"), "duration", lasting(10, "working_days")),
        Question("review", gettext_lazy("Time until the talk"), "duration", lasting(30, "days")),
    ),
    blocks=blocks,
)
