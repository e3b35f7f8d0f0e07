from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

LATE = {"allauth.mfa.stages.AuthenticateStage": "users.second_factor.stages.LateAuthenticateStage"}


class ClosedDoorAdapter(DefaultAccountAdapter):
    """People are invited by an administrator; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [LATE.get(stage, stage) for stage in super().get_login_stages()]
