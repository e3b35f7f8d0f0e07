from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    name = "processes"
    verbose_name = _("Processes")

    def ready(self) -> None:
        from foundation import rights
        from processes import commands, handing_over, notices, panels
        from processes.rights import RIGHTS

        rights.declare(RIGHTS)
        notices.register_kinds()
        handing_over.register()
        panels.register()
        commands.register()
