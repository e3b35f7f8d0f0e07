from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("accounts.view", _("See clients")),
    Right("accounts.create", _("Add clients"), is_scoped=False),
    Right("accounts.change", _("Change clients and their contacts")),
    Right("accounts.assign", _("Give clients to another owner")),
    Right("accounts.delete", _("Put clients and their contacts into the trash, and restore them")),
]
