"""Documents are asked for, reminded of every day, and after a week the client is called."""

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
    button,
    end,
    first_of,
    lasting,
    task,
    tell,
    times,
    within,
)

DAY = lasting(1, "working_days")


def blocks(answers: Answers) -> list[Block]:
    days = max(2, int(answers["days"]))
    remind = tell(
        _("Remind of the documents"),
        OWNER,
        _("The documents have not come yet. Remind the client today."),
    )
    call = task(_("Call the client about the documents"), OWNER, within(DAY, tell_head=DAY))
    decide = task(_("Decide how to go on without the documents"), HEAD, within(lasting(2, "working_days")))
    day = lasting(1, "days")
    return [
        task(
            _("Ask the client for the documents"),
            OWNER,
            within(DAY, remind=DAY),
            instructions=str(answers["documents"]),
        ),
        times(
            _("Every day until they come"),
            days - 1,
            _or(_("Documents or the next day"), _("A day has passed"), day, remind),
        ),
        _or(_("Documents or the last day"), _("The last day has passed"), day, call),
        _or(_("Documents after the call"), _("Still nothing"), lasting(days, "days"), decide),
        end(_("not received")),
    ]


def _or(name: Any, late: Any, time: dict[str, Any], then: Block) -> Block:
    """Either a file comes, and it is over; or time runs out, and something is done."""
    came = [task(_("Check and file the documents"), OWNER, within(DAY, remind=DAY)), end("done")]
    return first_of(name, (_("A file came"), {"fact": "file.added"}, came), (late, time, [then]))


RECIPE = Recipe(
    key="documents",
    title=gettext_lazy("Collection of documents"),
    about=gettext_lazy("The client is asked, reminded every day, and called when nothing came for a week."),
    subject="account",
    trigger=button,
    questions=(
        Question(
            "documents",
            gettext_lazy("Which documents"),
            "text",
            "",
            gettext_lazy("Shown to whoever asks the client for them."),
        ),
        Question("days", gettext_lazy("Days until the call"), "number", 7),
    ),
    blocks=blocks,
)
