from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.errors import Forbidden
from foundation.gate import Request, gate

# The first of these that a person may open; whoever leads others begins with their team's exceptions.
FIRST_PAGES = [
    ("activities.view", "activities:my_day"),
    ("deals.view", "deals:board"),
    ("accounts.view", "accounts:list"),
    ("reports.view", "reports:funnel"),
    ("admin.configure", "admin:index"),
]


@gate.signed_in
def home(request: Request) -> HttpResponse:
    """Where the person's work begins: the team's day for heads, one's own day for everybody else."""
    if leads_others(request.user):
        return redirect("activities:team_day")
    for verb, page in FIRST_PAGES:
        if request.user.may(verb):
            return redirect(page)
    raise Forbidden("activities.view")


def leads_others(person: object) -> bool:
    """A head, whose reach is a department with people in it. Administrators reach everybody and lead nobody by it."""
    policy = person.policy  # type: ignore[attr-defined]
    return policy.grants.get("activities.plan") == "department" and len(policy.colleagues) > 1
