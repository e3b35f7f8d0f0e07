from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = _("Colleagues")

    def ready(self) -> None:
        from foundation import rights
        from users import automation, heads, usage
        from users.rights import RIGHTS

        rights.declare(RIGHTS)
        heads.register()
        automation.register()
        usage.start()
