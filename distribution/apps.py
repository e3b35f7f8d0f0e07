from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionConfig(AppConfig):
    name = "distribution"
    verbose_name = _("Distribution")

    def ready(self) -> None:
        from distribution import giving, handing_over, notices, panels
        from distribution.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        notices.register()
        giving.register()
        handing_over.register()
        panels.register()
