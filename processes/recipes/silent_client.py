"""A client nobody has heard of for long is called back, several times and in several ways."""

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
    end,
    first_of,
    lasting,
    task,
    times,
    within,
)


def trigger(answers: Answers) -> dict[str, Any]:
    silent = ["deal.last_touch_at", "older", int(answers["silence"])]
    return {"schedule": "FREQ=DAILY", "when": {"all": [["deal.state", "is", "open"], silent]}}


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    won_back = _("speaks again")
    listen = first_of(
        _("Answer or silence"),
        (_("They wrote"), {"fact": "message.logged"}, [end(won_back)]),
        (_("A meeting is planned"), {"fact": "meeting.planned"}, [end(won_back)]),
        (_("Silence"), answers["between"], []),
    )
    return [
        task(
            _("Find a reason to call"),
            OWNER,
            within(day, remind=day),
            checklist=[_("What they bought"), _("What has changed since"), _("What is new with us")],
        ),
        times(
            _("Tries"),
            max(1, int(answers["tries"])),
            task(
                _("Call or write to the silent client"),
                OWNER,
                within(day, tell_head=lasting(2, "working_days")),
            ),
            listen,
        ),
        task(_("Call the client in person"), HEAD, within(lasting(3, "working_days"), remind=day)),
        task(
            _("Decide: go on, put off or close the deal"),
            OWNER,
            within(lasting(2, "working_days"), remind=day),
        ),
    ]


RECIPE = Recipe(
    key="silent_client",
    title=gettext_lazy("Winning back a silent client"),
    about=gettext_lazy("An open deal without a touch for long begins several tries, then the head calls."),
    subject="deal",
    trigger=trigger,
    questions=(
        Question("silence", gettext_lazy("Days of silence after which it begins"), "number", 30),
        Question("tries", gettext_lazy("Tries"), "number", 3),
        Question("between", gettext_lazy("Time between tries"), "duration", lasting(5, "working_days")),
    ),
    blocks=blocks,
    # It is not begun anew on the day after it ended, while nobody has answered yet.
    guards={"pause_days": 90},
)
