from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from deals.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
