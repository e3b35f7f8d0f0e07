from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.models import FoldedPanel
from accounts.panels import keys
from foundation.gate import Request, gate


@require_POST
@gate("accounts.view")
def fold(request: Request, key: str) -> HttpResponse:
    """A person folds a panel of the card or opens it, for every card from then on."""
    if key not in keys(request.user):
        raise Http404
    FoldedPanel.fold(request.user, key, is_folded=request.POST.get("fold") != "no")
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if is_ours else reverse("accounts:list"))
