from django.utils.translation import gettext_lazy as _

from foundation.rights import Right

RIGHTS = [
    Right("catalog.view", _("See products"), is_scoped=False),
    Right("catalog.change", _("Change products"), is_scoped=False),
    Right("catalog.change_prices", _("Change price lists, discounts and clients' terms"), is_scoped=False),
    Right("catalog.view_costs", _("See what products cost us"), is_scoped=False),
]
