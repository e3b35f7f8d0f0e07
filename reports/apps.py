from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from foundation import rights
        from reports import built_in  # noqa: F401  (its modules enter the catalogue)
        from reports.rights import RIGHTS

        rights.declare(RIGHTS)
