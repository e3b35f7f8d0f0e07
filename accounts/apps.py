from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from accounts import search
        from accounts.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        search.declare()
