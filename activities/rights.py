from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("activities.view", _("See tasks, meetings and calls")),
    Right("activities.create", _("Plan tasks and meetings, log calls and notes"), is_scoped=False),
    Right("activities.change", _("Change, finish and move tasks and meetings")),
    Right("activities.assign", _("Give tasks to somebody else")),
    Right("activities.plan", _("See the workload of people")),
    Right("activities.absences", _("Note down absences")),
]
