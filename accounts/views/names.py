from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.clients.filters import LONGEST_QUERY
from accounts.fields import suggestion
from accounts.models import Account
from foundation.gate import Request, gate
from foundation.search import matching

MOST = 8


@require_safe
@gate("accounts.view")
def names(request: Request) -> HttpResponse:
    """Options for the datalist of a field that names a client; the typed text comes under the field's own name."""
    sent: Any = request.GET.values()
    typed = next((value for value in sent if value.strip("\x00 ")), "")
    typed = typed.replace("\x00", "").strip()[:LONGEST_QUERY]
    found: list[tuple[int, str]] = []
    if typed:
        visible = matching(Account.objects.visible_to(request.user), typed)
        found = list(visible.order_by("sort_key", "pk").values_list("pk", "name")[:MOST])
    return render(request, "accounts/names.html", {"options": [suggestion(pk, name) for pk, name in found]})
