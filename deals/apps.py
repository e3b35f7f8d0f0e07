from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from deals import automation, panels, search
        from deals.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        panels.register()
        search.register()
        automation.register()
