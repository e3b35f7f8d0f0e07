from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.fields import suggestion
from accounts.filters import LONGEST_QUERY
from accounts.models import Account
from foundation.gate import gate
from foundation.search import matching

MOST = 8


@require_safe
@gate("accounts.view")
def names(request: HttpRequest) -> HttpResponse:
    """Options for the datalist of a field that names a client; the typed text comes under the field's own name."""
    typed = next((value for value in request.GET.values() if value.strip("\x00 ")), "")
    typed = typed.replace("\x00", "").strip()[:LONGEST_QUERY]
    found: list[tuple[int, str]] = []
    if typed:
        visible = matching(Account.objects.visible_to(request.user), typed)
        found = list(visible.order_by("sort_key", "pk").values_list("pk", "name")[:MOST])
    return render(request, "accounts/names.html", {"options": [suggestion(pk, name) for pk, name in found]})
