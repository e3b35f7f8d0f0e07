from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
<<<<<<< HEAD
        from billing import handing_over, merging
=======
        from billing import panels
>>>>>>> fe5c968 (Say on a client's card what it owes and has paid)
        from billing.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
<<<<<<< HEAD
        handing_over.register()
        merging.register()
=======
        panels.register()
>>>>>>> fe5c968 (Say on a client's card what it owes and has paid)
