from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = _("Deals")

    def ready(self) -> None:
        from deals import automation, panels, search
        from deals.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        panels.register()
        search.register()
        automation.register()
