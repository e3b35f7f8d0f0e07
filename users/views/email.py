from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from foundation.gate import gate


@gate.signed_in
def email(request: HttpRequest) -> HttpResponse:
    """In the place of allauth's page: the e-mail is the sign-in, and the administrator's to change."""
    messages.info(request, _("Your e-mail is your sign-in. Ask an administrator to change it."))
    return redirect("users:profile")
