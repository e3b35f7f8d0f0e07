from allauth.account.stages import LoginStage
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse


class LateAuthenticateStage(LoginStage):
    """allauth's AuthenticateStage, imported with all of fido2 only for people who have a second factor."""

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        if self.login.user is None or not is_mfa_enabled(self.login.user, factors):
            return None, True
        from allauth.mfa.stages import AuthenticateStage

        response, goes_on = AuthenticateStage(self.controller, self.request, self.login).handle()
        return response, goes_on
