from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

BULK_EDIT = "changes.bulk_edit"
RIGHTS = [
    Right(BULK_EDIT, _("Change many records at once"), is_scoped=False),
]
