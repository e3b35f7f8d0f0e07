from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import Refused
from foundation.gate import Request, gate
from users.models import Theme, User


@require_POST
@gate.signed_in
def theme(request: Request) -> HttpResponse:
    """Switch the theme or the language from the top bar."""
    chosen = request.POST.get("theme", request.user.theme)
    language = request.POST.get("language", request.user.language)
    if chosen not in Theme.values or language not in dict(settings.LANGUAGES):
        raise Refused(_("There is no such theme or language. Choose one from the list."))
    User.objects.get(pk=request.user.pk).settle(theme=chosen, language=language)
    if request.htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    back = request.headers.get("Referer", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
