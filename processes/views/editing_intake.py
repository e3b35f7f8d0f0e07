"""Where a process is called from outside: its address, its secret, what came lately."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from foundation.gate import Request, find, gate
from processes.intake import opening
from processes.models import Intake, Process

SHOWN = 50


@never_cache
@gate("processes.design")
def intake(request: Request, pk: int) -> HttpResponse:
    """Shown, and by POST opened (`do=open`), given another secret (`renew`), shut and opened again."""
    process = find(Process.objects.select_related("current", "owner"), request, pk)
    found = Intake.objects.filter(process=process).first()
    secret, now = "", timezone.now()
    if request.method == "POST":
        match request.POST.get("do"):
            case "open" if found is None:
                found, secret = opening.open_intake(process, by=request.user, at=now)
            case "renew" if found is not None:
                secret = opening.renew(found, by=request.user, at=now)
            case "shut" | "reopen" as what if found is not None:
                opening.switch(found, is_open=what == "reopen")
                text = _("Calls are taken again.") if what == "reopen" else _("Nothing is taken any more.")
                messages.success(request, text)
        if not secret:
            return redirect("processes:design_intake", pk)
    start = opening.call_start(process)
    context = {
        "process": process,
        "intake": found,
        "start": start,
        "secret": secret,
        "fields": (start or {}).get("fields") or [],
        "calls": found.calls.select_related("run")[:SHOWN] if found else [],
        "address": _whole(request, "processes:call", found) if found else "",
        "form_address": _whole(request, "processes:public_form", found)
        if found and start and start.get("form")
        else "",
    }
    return render(request, "processes/editing/intake.html", context)


def _whole(request: Request, name: str, found: Intake) -> str:
    return request.build_absolute_uri(reverse(name, args=[found.key]))
