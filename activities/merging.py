"""How activities follow a client or a contact that goes into another."""

from django.utils.translation import gettext_lazy as _

from accounts.merging.movers import Mover
from accounts.merging.movers import register as register_movers

ORDER = 30
LINKED = (
    ("Task", _("Tasks")),
    ("Meeting", _("Meetings")),
    ("Call", _("Calls")),
    ("Message", _("Messages")),
    ("Note", _("Notes")),
    ("Attachment", _("Files")),
    ("Project", _("Projects")),
)


def register() -> None:
    register_movers(
        *(
            Mover(kind=kind, model=f"activities.{model}", field=kind, words=words, order=ORDER)
            for kind in ("account", "contact")
            for model, words in LINKED
        ),
        Mover(kind="contact", model="activities.Participant", field="contact", order=ORDER),
    )
