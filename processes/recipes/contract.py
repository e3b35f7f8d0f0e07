"""A contract is gathered, read by those who must read it, approved and signed."""

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
    first_of,
    lasting,
    role,
    stage,
    task,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    time, signing = answers["time"], answers["signing"]
    reading = within(time, remind=lasting(4, "working_hours"), tell_head=lasting(1, "working_days"))
    return [
        stage(
            _("Draft"),
            _("A contract everybody inside agrees with."),
            None,
            task(
                _("Gather what the contract needs"),
                OWNER,
                within(time),
                checklist=[_("Client's details"), _("Who signs, and on what ground"), _("Prices and terms")],
            ),
            at_once(
                _("Reading"),
                (_("Lawyer"), [task(_("Read the contract as a lawyer"), role(answers["lawyer"]), reading)]),
                (
                    _("Accountant"),
                    [task(_("Check prices and payment terms"), role(answers["accountant"]), reading)],
                ),
            ),
        ),
        task(_("Put in the remarks"), OWNER, within(time)),
        approval(_("Approve the contract"), HEAD, within(time, remind=lasting(4, "working_hours"))),
        task(_("Send the contract to the client"), OWNER, within(lasting(4, "working_hours"))),
        first_of(
            _("Signing by the client"),
            (_("A file came"), {"fact": "file.added"}, []),
            (
                _("Nothing came"),
                signing,
                [
                    task(
                        _("Ask the client what holds the signing up"),
                        OWNER,
                        within(
                            lasting(5, "working_days"), side="client", tell_head=lasting(1, "working_days")
                        ),
                    )
                ],
            ),
        ),
        task(_("File the signed contract"), OWNER, within(lasting(1, "working_days"))),
    ]


RECIPE = Recipe(
    key="contract",
    title=gettext_lazy("Contract preparation"),
    about=gettext_lazy(
        "Gathered by the owner, read by lawyer and accountant at once, approved, sent, signed and filed."
    ),
    subject="deal",
    trigger=button,
    questions=(
        Question("lawyer", gettext_lazy("Who reads it as a lawyer"), "role", "head"),
        Question("accountant", gettext_lazy("Who checks prices and payment terms"), "role", "accountant"),
        Question("time", gettext_lazy("Time for each step"), "duration", lasting(1, "working_days")),
        Question(
            "signing", gettext_lazy("Time the client has to sign"), "duration", lasting(5, "working_days")
        ),
    ),
    blocks=blocks,
)
