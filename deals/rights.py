from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("deals.view", _("See deals")),
    Right("deals.create", _("Add deals"), is_scoped=False),
    Right("deals.change", _("Change deals and their next steps")),
    Right("deals.move", _("Move, win, lose and reopen deals")),
    Right("deals.override", _("Move deals against the rules of a stage, with a reason")),
    Right("deals.assign", _("Give deals to another owner")),
    Right("deals.delete", _("Put deals into the trash, and restore them")),
]
