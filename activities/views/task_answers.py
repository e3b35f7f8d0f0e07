"""How the views of tasks answer: found or 404, a form page, back to where the person came from with a toast."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from activities.models import Task
from deals.views.answers import way_back
from foundation.gate import Request, find

# What few tasks have (a parent, a project, a template) is read when it is asked for: each join doubles the planning.
WITH = ("owner", "author", "controller", "account", "contact", "deal")


def found_task(request: Request, pk: int, verb: str | None = None) -> Task:
    """The task with what its verbs read; 404 where it is not seen, 403 where the verb does not reach it."""
    task: Task = find(Task.objects.select_related(*WITH), request, pk, verb)
    return task


def sent_in(request: Request) -> Any:
    """What a form was sent with, even if that is nothing; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def may_accept(person: Any, task: Task) -> bool:
    """Whoever was named to accept it; and, where they are away, whoever may give it to somebody else."""
    if task.controller_id is None or task.state != "review":
        return False
    return person.pk == task.controller_id or (
        person.pk != task.owner_id and person.reaches(task, "activities.assign")
    )


def done(request: Request, task: Task, text: str, *, undo: str = "") -> HttpResponse:
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return redirect(way_back(request, task.get_absolute_url()))


def undo_url(task: Task, what: str, **said: Any) -> str:
    """Behind the toast: takes back `what` while nobody has changed the task since."""
    query = "&".join(
        f"{name}={value}" for name, value in {"what": what, "version": task.version, **said}.items()
    )
    return f"{reverse('activities:task_undo', args=[task.pk])}?{query}"


def form_page(
    request: Request,
    form: BaseForm,
    *,
    title: str,
    button: str,
    status: int | None = None,
    template: str = "activities/task_small_form.html",
    **context: Any,
) -> HttpResponse:
    """A form on a page of its own, which a dialog can show too; 422 where it was refused."""
    said = {"form": form, "form_title": title, "button": button, "next": way_back(request, ""), **context}
    if status is None or (status == HTTPStatus.OK and form.errors):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, said, status=status)
