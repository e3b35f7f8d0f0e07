from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from users.models import User


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail through allauth; reads the person and their rights in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.with_policy().filter(pk=user_id, is_active=True, is_robot=False).first()
