from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("processes.work", _("Do the work of processes and see how they stand"), is_scoped=False),
    Right("processes.start", _("Begin processes by hand"), is_scoped=False),
    Right("processes.nudge", _("Remind people of what waits for them"), is_scoped=False),
    Right("processes.repair", _("Move, skip, repeat and cancel runs"), is_scoped=True),
    Right("processes.design", _("Draw and publish processes"), is_scoped=False),
]
