from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from activities.queries import planner as queries
from activities.queries import planner_cell as cells
from activities.queries import planner_words as words
from activities.queries.planner_draft import read_draft
from activities.queries.planner_effects import effects
from activities.replanning import read_moves
from foundation.clock import company_day
from foundation.gate import gate
from users.models import Department, User

# What the address of the planner says; every form and link of it carries the rest along.
KEPT = ("department", "from", "unit", "draft", "cursor", "move")


@gate("activities.plan")
def planner(request: HttpRequest) -> HttpResponse:
    """Three weeks of everybody whose work the person plans."""
    question, departments = asked(request), queries.departments(request.user)
    department = chosen_department(request, departments)
    page = queries.people_page(request.user, department, request.GET.get("cursor"))
    grid = queries.grid(page.rows, question)
    context = {
        "grid": grid,
        "departments": departments,
        "question": question,
        "kept": kept(request),
        "draft": question.draft,
        "effects": effects(question.draft, question),
        "is_draft": "draft" in request.GET or bool(question.draft.lines or question.draft.lost),
        "links": links(request, question),
        "pages": {name: query(request, cursor=getattr(page, name)) if getattr(page, name) else ""
                  for name in ("previous", "next")},
        "is_whole": not page.next and not page.previous,
        "legend": words.scale(),
        "usual": words.clock(settings.DEFAULT_TASK_MINUTES),
        "department": department,
    }  # fmt: skip
    return render(request, "activities/planner.html", context)


@gate("activities.plan")
def planner_totals(request: HttpRequest) -> HttpResponse:
    """The line of everybody, asked for apart: it is as long a sum as there are people."""
    question = asked(request)
    department = chosen_department(request, queries.departments(request.user))
    grid = queries.grid(queries.everybody(request.user, department), question)
    context = {"grid": grid, "kept": kept(request), "planner": planner_url(request)}
    template = "activities/planner_totals.html"
    return render(request, f"{template}#line" if getattr(request, "htmx", None) else template, context)


@gate("activities.plan")
def planner_cell(request: HttpRequest) -> HttpResponse:
    """What is behind a number: tasks with their minutes, meetings, expected load."""
    key, _dot, part = request.GET.get("c", "").partition(".")
    person = planned_person(request, key)
    question = asked(request)
    behind = cells.behind(person, part, question, request.user)
    context = {"behind": behind, "kept": kept(request), "planner": planner_url(request)}
    is_fragment = getattr(request, "htmx", None) and request.headers.get("HX-Target") != "dialog"
    return render(request, "activities/planner_cell.html" + ("#behind" if is_fragment else ""), context)


def asked(request: HttpRequest) -> queries.Asked:
    now = timezone.now()
    today = company_day(now)
    draft = read_draft(read_moves(request.GET.getlist("move")), request.user, today, now)
    is_share = request.GET.get("unit") == "share"
    return queries.Asked(today, now, first_day(request, today), is_share, draft)


def chosen_department(request: HttpRequest, departments: list[Department]) -> Department | None:
    """Nothing chosen, or one that is not offered, means everybody the person plans."""
    said = request.GET.get("department", "")
    return next((each for each in departments if str(each.pk) == said), None)


def first_day(request: HttpRequest, today: date) -> int:
    """How many days from today the first column is; today where nothing sensible is said."""
    try:
        said = (date.fromisoformat(request.GET.get("from", "")) - today).days
    except ValueError:
        return 0
    return min(max(said, 0), queries.FURTHEST)


def planned_person(request: HttpRequest, key: str) -> User:
    """Somebody whose work the person plans; 404 for anybody else."""
    reach = request.user.reach("activities.plan")  # type: ignore[union-attr]
    pk = number(key)
    found = User.objects.active().filter(pk=pk).first() if reach.covers_person(pk) else None
    if found is None:
        raise Http404
    return found


def number(said: str) -> int:
    """A key somebody wrote into an address; 0, which nothing has, where it is none."""
    return int(said) if said.isdecimal() and len(said) < len(str(2**63)) else 0


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What the planner's address says, for the hidden fields of a form."""
    return [(name, value) for name in KEPT for value in request.GET.getlist(name) if value]


def query(request: HttpRequest, **said: Any) -> str:
    """The planner's query with other values; None takes one away."""
    pairs = [(name, value) for name, value in kept(request) if name not in said]
    for name, value in said.items():
        if isinstance(value, list):
            pairs += [(name, each) for each in value]
        elif value not in (None, ""):
            pairs.append((name, value))
    return urlencode(pairs)


def planner_url(request: HttpRequest, **said: Any) -> str:
    asks = query(request, **said)
    return reverse("activities:planner") + (f"?{asks}" if asks else "")


def links(request: HttpRequest, question: queries.Asked) -> dict[str, Any]:
    """Where the page leads: other weeks, the other unit, the draft plan and out of it."""

    def weeks(first: int) -> str:
        day = question.today + timedelta(days=min(max(first, 0), queries.FURTHEST))
        return f"?{query(request, **{'from': day.isoformat() if first > 0 else None})}"

    first, moves = question.first, question.draft.said
    return {
        "earlier": weeks(first - queries.WEEK) if first else "",
        "later": weeks(first + queries.WEEK) if first < queries.FURTHEST else "",
        "time": f"?{query(request, unit=None)}",
        "share": f"?{query(request, unit='share')}",
        "draft": f"?{query(request, draft='1')}",
        "leave": f"?{query(request, draft=None, move=None)}",
        "totals": f"{reverse('activities:planner_totals')}?{query(request, cursor=None)}",
        "without": [
            (line, f"?{query(request, draft='1', move=[each for each in moves if each != line.said])}")
            for line in question.draft.lines
        ],
    }
