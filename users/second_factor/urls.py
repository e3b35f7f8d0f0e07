"""The pages of allauth.mfa at allauth's addresses and names, each imported when somebody comes to it.

They bring fido2 and cryptography along: ten megabytes, which web workers that nobody asks for a second factor
do without. A test holds this list against allauth's own.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.module_loading import import_string

VIEWS = {
    "": "base.views.index",
    "authenticate/": "base.views.authenticate",
    "reauthenticate/": "base.views.reauthenticate",
    "totp/activate/": "totp.views.activate_totp",
    "totp/deactivate/": "totp.views.deactivate_totp",
    "recovery-codes/": "recovery_codes.views.view_recovery_codes",
    "recovery-codes/generate/": "recovery_codes.views.generate_recovery_codes",
    "recovery-codes/download/": "recovery_codes.views.download_recovery_codes",
    "webauthn/": "webauthn.views.list_webauthn",
    "webauthn/add/": "webauthn.views.add_webauthn",
    "webauthn/reauthenticate/": "webauthn.views.reauthenticate_webauthn",
    "webauthn/keys/<int:pk>/remove/": "webauthn.views.remove_webauthn",
    "webauthn/keys/<int:pk>/edit/": "webauthn.views.edit_webauthn",
    "webauthn/login/": "webauthn.views.login_webauthn",
}


def arrive(view: str, request: HttpRequest, **arguments: Any) -> HttpResponseBase:
    answer: HttpResponseBase = import_string(f"allauth.mfa.{view}")(request, **arguments)
    return answer


urlpatterns = [
    path(address, partial(arrive, view), name=f"mfa_{view.rpartition('.')[2]}")
    for address, view in VIEWS.items()
]
