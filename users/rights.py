from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("users.view", _("See colleagues")),
    Right("users.hand_over", _("Hand over what a colleague answers for")),
    Right("admin.configure", _("Configure the company in the administration"), is_scoped=False),
]
