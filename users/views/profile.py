from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from foundation.gate import Request, gate
from users.forms import ProfileForm
from users.models import User


@gate.signed_in
def profile(request: Request) -> HttpResponse:
    """Own language, time zone, theme and keyboard; and what the person may do."""
    me = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=me)
    if request.method == "POST" and form.is_valid():
        me.settle(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("users:profile")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "rights": request.user.policy.described()}
    return render(request, "users/profile.html", context, status=status)
