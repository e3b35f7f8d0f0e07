from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.gate import gate
from foundation.errors import Forbidden

FIRST_PAGES = [
    ("reports.view", "reports:funnel"),
    ("deals.view", "deals:board"),
    ("accounts.view", "accounts:list"),
    ("admin.configure", "admin:index"),
]


@gate.signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Where the person's work begins: the funnel for heads, the board for salespeople."""
    for verb, page in FIRST_PAGES:
        if request.user.may(verb):
            return redirect(page)
    raise Forbidden("deals.view")
