from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.errors import Forbidden
from foundation.gate import Request, gate

FIRST_PAGES = [
    ("reports.view", "reports:funnel"),
    ("deals.view", "deals:board"),
    ("accounts.view", "accounts:list"),
    ("admin.configure", "admin:index"),
]


@gate.signed_in
def home(request: Request) -> HttpResponse:
    """Where the person's work begins: the funnel for heads, the board for salespeople."""
    for verb, page in FIRST_PAGES:
        if request.user.may(verb):
            return redirect(page)
    raise Forbidden("deals.view")
