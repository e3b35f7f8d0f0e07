from django.http import HttpResponse
from django.shortcuts import render

from foundation.gate import Request, gate


@gate.signed_in
def shortcuts(request: Request) -> HttpResponse:
    """The keys, shown in a dialog by `?`; a page of its own so that no other page carries it."""
    return render(request, "crm/shortcuts.html")
