"""A new lead is called within minutes, and three times within a day."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.graph.blocks import Block
from processes.recipes.building import (
    OWNER,
    Answers,
    Question,
    Recipe,
    end,
    first_of,
    lasting,
    stage,
    task,
    times,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    soon, late = int(answers["first_minutes"]), int(answers["late_minutes"])
    touches = max(2, int(answers["touches"]))
    first = within(
        lasting(soon, "minutes"),
        remind=lasting(max(1, (late - soon) // 2), "minutes"),
        give=lasting(max(1, late - soon), "minutes"),
    )
    between = lasting(max(1, 24 // touches), "hours")
    again = first_of(
        _("Until they answer or it is time again"),
        (_("A meeting is planned"), {"fact": "meeting.planned"}, [end(_("answered"))]),
        (_("They wrote"), {"fact": "message.logged"}, [end(_("answered"))]),
        (
            _("No answer yet"),
            between,
            [task(_("Touch the lead again, another way"), OWNER, within(lasting(30, "minutes")))],
        ),
    )
    return [
        task(
            _("Call the new lead"),
            OWNER,
            first,
            instructions=_("Say who you are, ask what is needed, agree on the next step."),
        ),
        stage(
            _("Touches of the first day"),
            _("The lead has been reached, or touched as often as agreed."),
            within(lasting(24, "hours")),
            times(_("Touch again"), touches - 1, again),
        ),
        task(
            _("Decide whether this is a lead for us"),
            OWNER,
            within(lasting(1, "working_days"), remind=lasting(1, "working_days")),
            checklist=[_("Need"), _("Budget"), _("Who decides"), _("When")],
        ),
    ]


RECIPE = Recipe(
    key="first_touch",
    title=gettext_lazy("First touch of a new lead"),
    about=gettext_lazy("Every new lead is called within minutes and touched several times within a day."),
    subject="account",
    trigger=lambda answers: {"fact": "account.created"},
    questions=(
        Question("first_minutes", gettext_lazy("Minutes until the first call"), "number", 15),
        Question(
            "late_minutes",
            gettext_lazy("Minutes until the head takes over"),
            "number",
            30,
            gettext_lazy("Counted from the arrival of the lead."),
        ),
        Question("touches", gettext_lazy("Touches within 24 hours"), "number", 3),
    ),
    blocks=blocks,
)
