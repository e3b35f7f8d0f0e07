from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from activities.models import Task
from activities.queries import task_page as queries
from activities.views.task_answers import found_task, may_accept
from changes.trash.found import says_when_trashed
from foundation.gate import Request, find, gate

LONGEST_CURSOR = 100


@require_safe
@gate("activities.view")
@says_when_trashed("task")
def task_page(request: Request, pk: int) -> HttpResponse:
    """Everything about one task."""
    task = found_task(request, pk)
    accepts = may_accept(request.user, task)
    return render(request, "activities/task.html", queries.page_of(task, request.user, may_accept=accepts))


@require_safe
@gate("activities.view")
def task_timeline(request: Request, pk: int) -> HttpResponse:
    """Older entries of the timeline."""
    task = find(Task.objects.all(), request, pk)
    before = request.GET.get("before", "")
    entries = queries.timeline_of(task, before=before[:LONGEST_CURSOR].replace("\x00", ""))
    return render(request, "activities/task.html#timeline", {"task": task, "timeline": entries})
