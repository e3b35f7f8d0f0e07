from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = _("Activities")

    def ready(self) -> None:
        from activities import my_day_sections, panels
        from activities.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        panels.register()
        my_day_sections.register()
