from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListsConfig(AppConfig):
    name = "lists"
    verbose_name = _("Lists")

    def ready(self) -> None:
        from lists import handing_over
        from lists.reading import read_with_person
        from users import querysets

        handing_over.register()
        querysets.read_with_person(read_with_person)
