from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangesConfig(AppConfig):
    name = "changes"
    verbose_name = _("Change-sets")

    def ready(self) -> None:
        from changes import notices, undoing
        from changes.bulk import editing
        from changes.rights import RIGHTS
        from changes.trash import taking_back
        from foundation import rights

        rights.declare(RIGHTS)
        notices.register()
        undoing.register()
        taking_back.register()
        editing.register()
