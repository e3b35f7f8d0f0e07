from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "deals"
    verbose_name = _("Deals")

    def ready(self) -> None:
        from accounts.custom.homes import serve
        from deals import (
            automation,
            bulk_edit,
            dossier,
            handing_over,
            merging,
            notices,
            panels,
            restoring,
            search,
            trash,
        )
        from deals.models import Deal
        from deals.queries.fields import deals_of_client
        from deals.queries.list import DEALS
        from deals.rights import RIGHTS
        from foundation import rights
        from lists.registry import register
        from lists.where.fields import offer

        rights.declare(RIGHTS)
        panels.register()
        search.register()
        automation.register()
        merging.register()
        restoring.register()
        trash.register()
        bulk_edit.register()
        handing_over.register()
        dossier.register()
        notices.register()
        serve(Deal)
        register(DEALS)
        offer("clients", deals_of_client)
