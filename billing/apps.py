from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
        from billing import (
            automation,
            commands,
            handing_over,
            invoice_panels,
            merging,
            notices,
            panels,
            quote_panels,
            quote_search,
            search,
            trash,
        )
        from billing.queries.invoice_fields import invoices_of_client
        from billing.queries.invoice_list import INVOICES
        from billing.rights import RIGHTS
        from foundation import rights
        from lists.registry import register
        from lists.where.fields import offer

        rights.declare(RIGHTS)
        automation.register()
        handing_over.register()
        merging.register()
        panels.register()
        commands.register()
        invoice_panels.register()
        quote_panels.register()
        register(INVOICES)
        offer("clients", invoices_of_client)
        search.register()
        notices.register_kinds()
        quote_search.register()
        trash.register()
