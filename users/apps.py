from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"

    def ready(self) -> None:
        from foundation import rights
        from users.rights import RIGHTS

        rights.declare(RIGHTS)
