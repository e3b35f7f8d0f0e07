from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Products")

    def ready(self) -> None:
        from catalog import automation, merging, panels
        from catalog.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        automation.register()
        merging.register()
        panels.register()
