from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from users.models import User


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail through allauth; reads the person and their rights in one statement."""

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.with_policy().filter(pk=user_id, is_active=True, is_robot=False).first()

    def user_can_authenticate(self, user: User | None) -> bool:  # type: ignore[override]
        return user is not None and user.is_active and not user.is_robot
