from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("integrations.import", _("Import files"), is_scoped=False),
    Right("integrations.export", _("Take lists out as files"), is_scoped=False),
]
