from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [Right("reports.view", _("See reports and the funnel"))]
