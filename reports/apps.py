from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from foundation import rights
        from reports import (
            built_in,  # noqa: F401  (its modules enter the catalogue)
            commands,
            panels,
        )
        from reports.rights import RIGHTS

        rights.declare(RIGHTS)
        panels.register()
        commands.register()
