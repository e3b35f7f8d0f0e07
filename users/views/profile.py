from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.gate import Request, gate
from users.forms import ProfileForm
from users.models import User


@gate.signed_in
def profile(request: Request) -> HttpResponse:
    """Own language, time zone, theme and keyboard; how to sign in; and what the person may do."""
    me = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=me, at=timezone.now())
    if request.method == "POST" and form.is_valid():
        me.settle(**form.cleaned_data)
        with translation.override(me.language):
            messages.success(request, _("Saved."))
        return redirect("users:profile")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "roles": [role.title for role in me.roles.order_by("name", "pk")],
        "keys": _keys(me),
        "rights": request.user.policy.described(),
    }
    return render(request, "users/profile.html", context, status=status)


def _keys(me: User) -> dict[str, Any]:
    """What stands beside the password: whether a second factor is asked for, and how many passkeys there are."""
    kinds = list(Authenticator.objects.filter(user=me).order_by("pk").values_list("type", flat=True))
    passkeys = kinds.count(Authenticator.Type.WEBAUTHN)
    return {"has_second": Authenticator.Type.TOTP in kinds or passkeys > 0, "passkeys": passkeys}
