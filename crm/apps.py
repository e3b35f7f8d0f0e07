from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Romashka CRM"

    def ready(self) -> None:
        from crm import process_lists, process_work

        process_work.register()
        process_lists.register()
