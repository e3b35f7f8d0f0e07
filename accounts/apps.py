from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import search
        from accounts.rights import RIGHTS
        from foundation import rights

        rights.declare(RIGHTS)
        search.declare()
