from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RUN = "distribution.run"
RIGHTS = [
    Right(RUN, _("Distribute leads and deals that nobody has"), is_scoped=False),
]
