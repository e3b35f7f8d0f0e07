from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("Integrations")

    def ready(self) -> None:
        from foundation import rights
        from integrations import search
        from integrations.rights import RIGHTS

        rights.declare(RIGHTS)
        search.register()
