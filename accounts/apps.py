from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from accounts import automation, bulk_edit, notices, panels, restoring, search, trash
        from accounts.clients.asked import CLIENTS
        from accounts.contacts.asked import CONTACTS
        from accounts.custom.homes import serve
        from accounts.handing_over import own as handing_over
        from accounts.merging import own, undoing
        from accounts.models import Account, Contact
        from accounts.rights import RIGHTS
        from foundation import rights
        from lists.registry import register

        rights.declare(RIGHTS)
        search.declare()
        panels.register()
        restoring.register()
        automation.register()
        trash.register()
        bulk_edit.register()
        notices.register()
        serve(Account)
        serve(Contact)
        register(CLIENTS)
        register(CONTACTS)
        own.declare()
        undoing.register()
        handing_over.register()
