from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from catalog.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
