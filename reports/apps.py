from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from foundation import rights
        from reports.rights import RIGHTS

        rights.declare(RIGHTS)
