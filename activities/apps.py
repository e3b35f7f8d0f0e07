from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = _("Activities")

    def ready(self) -> None:
        from activities import (
            automation,
            digest_sections,
            dossier,
            handing_over,
            merging,
            my_day_sections,
            notices,
            panels,
            requirements,
            restoring,
            search,
            standing_in,
            trash,
        )
        from activities.reminding.moments import away
        from activities.rights import RIGHTS
        from foundation import rights
        from users.presence import register_away

        rights.declare(RIGHTS)
        panels.register()
        search.register()
        merging.register()
        standing_in.register()
        trash.register()
        restoring.register()
        handing_over.register()
        dossier.register()
        automation.register()
        requirements.register()
        my_day_sections.register()
        digest_sections.register()
        notices.register_kinds()
        register_away(away)
