from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
        from billing import handing_over, merging, panels
        from billing.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        handing_over.register()
        merging.register()
        panels.register()
