from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = _("Integrations")

    def ready(self) -> None:
        from foundation import rights
        from integrations import merging, search, trash
        from integrations.rights import RIGHTS
        from lists.registry import Door, offer_door

        rights.declare(RIGHTS)
        search.register()
        merging.register()
        trash.register()
        offer_door(
            Door(
                url_name="integrations:export",
                label=_("Export"),
                icon="file-export",
                gate="integrations.export",
            )
        )
