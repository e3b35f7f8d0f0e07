"""Projects to look at: the list and the page of one. Where they are switched off, there are no such pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Project
from activities.queries import projects as queries
from activities.queries.task_page import shown_timeline
from activities.views.task_page import LONGEST_CURSOR
from foundation.gate import Request, find, gate
from foundation.keyset import Page

WITH = ("owner", "account", "contact", "deal")


def where_switched_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 unless the company works with projects (`PROJECTS_ENABLED`)."""

    @wraps(view)
    def switched(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.PROJECTS_ENABLED:
            raise Http404
        return view(request, *args, **kwargs)

    return switched


def found_project(request: Request, pk: int, verb: str | None = None) -> Project:
    """The project; 404 where it is not seen, 403 where the verb does not reach it."""
    project: Project = find(Project.objects.select_related(*WITH), request, pk, verb)
    return project


@gate("activities.view")
@where_switched_on
@require_safe
def project_list(request: Request) -> HttpResponse:
    """Projects the person sees, open ones or closed ones."""
    is_closed = request.GET.get("closed") == "1"
    page = queries.list_page(request.user, is_closed=is_closed, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "links": _paging(page, "closed=1&" if is_closed else ""),
        "is_closed": is_closed,
        "may_create": request.user.may("activities.create"),
    }
    return render(request, "activities/projects.html", context)


@gate("activities.view")
@where_switched_on
@require_safe
def project_page(request: Request, pk: int) -> HttpResponse:
    """One project: its tasks, how far it is, and what it used of its budget."""
    project = found_project(request, pk)
    is_done = request.GET.get("done") == "1"
    found = queries.page_of(project, request.user, is_done=is_done, cursor=request.GET.get("cursor"))
    links = _paging(found["tasks"], "done=1&" if is_done else "")
    return render(request, "activities/project.html", {**found, "is_done": is_done, "links": links})


@gate("activities.view")
@where_switched_on
@require_safe
def project_timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of the timeline."""
    project = found_project(request, pk)
    before = request.GET.get("before", "")[:LONGEST_CURSOR].replace("\x00", "")
    found = {"project": project, "timeline": shown_timeline("project", project.pk, before=before)}
    return render(request, "activities/project_timeline.html", found)


def _paging(page: Page, kept: str) -> dict[str, str]:
    return {
        "previous": f"{kept}cursor={page.previous}" if page.previous else "",
        "next": f"{kept}cursor={page.next}" if page.next else "",
    }
