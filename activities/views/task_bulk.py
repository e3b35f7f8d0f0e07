"""Many tasks at once: first what would change and what would not, then the change."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities import task_selection
from activities.forms.tasks import BulkDueForm, BulkFinishForm, OwnerForm
from activities.models import Task
from activities.queries.due_marks import due_mark
from deals.views.answers import way_back
from foundation.errors import Forbidden, Refused
from foundation.gate import Request, gate
from foundation.once import once

WAYS = ("finish", "due", "owner")


@gate("activities.change")
def task_bulk(request: Request) -> HttpResponse:
    """GET shows what would happen to the chosen tasks; POST does it, once, and says what was left out and why."""
    said = request.POST if request.method == "POST" else request.GET
    way = said.get("do", "")
    tasks = _chosen(request, said.getlist("task"))
    if way not in WAYS or not tasks:
        raise Refused(_("Choose some tasks first."))
    verb = "activities.assign" if way == "owner" else "activities.change"
    if not request.user.may(verb):
        raise Forbidden(verb)
    able, skipped = task_selection.reached(tasks, request.user, verb)
    form = _form(way, request)
    if request.method == "POST" and form.is_valid():
        with once(request) as sent:
            if not sent.already:
                done, refused = _do(way, able, form, request.user)
                _tell(request, done, [*skipped, *refused])
            sent.url = way_back(request, reverse("activities:tasks"))
        return redirect(sent.url)
    context = {
        "form": form,
        "way": way,
        "title": _title(way, len(able)),
        "rows": [_row(task) for task in able],
        "skipped": skipped,
        "next": way_back(request, reverse("activities:tasks")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "activities/task_bulk.html", context, status=status)


def _chosen(request: Request, said: list[str]) -> list[Task]:
    keys = {int(key) for key in said if key.isascii() and key.isdigit() and len(key) < 19}
    if len(keys) > task_selection.MOST:
        raise Refused(_("At most %(n)d tasks at once.") % {"n": task_selection.MOST})
    visible = Task.objects.visible_to(request.user).filter(pk__in=keys)
    return list(
        visible.select_related("owner", "controller", "template__followed_by").order_by("due_by", "pk")
    )


def _form(way: str, request: Request) -> Any:
    data = request.POST if request.method == "POST" else None
    if way == "finish":
        return BulkFinishForm(data)
    return BulkDueForm(data) if way == "due" else OwnerForm(data, person=request.user)


def _do(way: str, tasks: list[Task], form: Any, person: Any) -> tuple[int, list[task_selection.Skipped]]:
    said, told = form.cleaned_data, {"by": person, "at": timezone.now()}
    if way == "finish":
        return task_selection.finish_each(tasks, outcome=said["outcome"], no_next_step=said["reason"], **told)
    if way == "due":
        return task_selection.move_each(tasks, {"due_on": said["due_on"], "due_at": None}, **told)
    return task_selection.give_each(tasks, said["owner"], **told)


def _tell(request: Request, done: int, skipped: list[task_selection.Skipped]) -> None:
    messages.success(request, ngettext("%(n)d task changed", "%(n)d tasks changed", done) % {"n": done})
    if skipped:
        why = "; ".join(f"{each.task.title}: {each.why}" for each in skipped[:5])
        said = ngettext("%(n)d left out. %(why)s", "%(n)d left out. %(why)s", len(skipped))
        messages.warning(request, said % {"n": len(skipped), "why": why})


def _title(way: str, n: int) -> str:
    return {
        "finish": ngettext("Mark %(n)d task as done", "Mark %(n)d tasks as done", n),
        "due": ngettext("Move %(n)d task to another day", "Move %(n)d tasks to another day", n),
        "owner": ngettext("Give %(n)d task to somebody else", "Give %(n)d tasks to somebody else", n),
    }[way] % {"n": n}


def _row(task: Task) -> dict[str, Any]:
    mark = due_mark(task.due_on, task.due_at, task.due_by, is_open=True, now=timezone.now())
    return {
        "pk": task.pk,
        "title": task.title,
        "owner": task.owner.name,
        "due": mark,
        "url": task.get_absolute_url(),
    }
