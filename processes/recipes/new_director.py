"""When somebody at the client takes another position, what they sign is looked through."""

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
    end,
    lasting,
    role,
    task,
    within,
)


def blocks(answers: Answers) -> list[Block]:
    day = lasting(1, "working_days")
    return [
        approval(
            _("Does the client have a new director?"),
            OWNER,
            within(day, remind=day, give=lasting(2, "working_days")),
            declined=[end(_("nothing to renew"))],
        ),
        at_once(
            _("Renewing"),
            (_("Papers"), [
                task(
                    _("Ask for the appointment and the right to sign"),
                    OWNER,
                    within(answers["time"], side="client", remind=day, tell_head=lasting(3, "working_days")),
                ),
                task(_("Renew contracts and details"), role(answers["papers"]), within(answers["time"], remind=day)),
            ]),
            (_("Acquaintance"), [
                task(_("Get to know the new director"), OWNER, within(answers["time"], tell_head=day)),
            ]),
        ),
        task(_("See that everything is renewed"), HEAD, within(lasting(2, "working_days"))),
    ]  # fmt: skip


RECIPE = Recipe(
    key="new_director",
    title=gettext_lazy("New director at the client"),
    about=gettext_lazy(
        "When a contact's position changes, the owner is asked; then papers are renewed and a meeting held."
    ),
    subject="account",
    trigger=lambda answers: {"fact": "contact.position_changed"},
    questions=(
        Question("papers", gettext_lazy("Who renews contracts"), "role", "accountant"),
        Question("time", gettext_lazy("Time to renew"), "duration", lasting(5, "working_days")),
    ),
    blocks=blocks,
)
