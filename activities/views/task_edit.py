"""Changing a task: its fields, when it is due, and who does it."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities import operations
from activities.forms.tasks import DueForm, OwnerForm, TaskForm, due_of, people_for
from activities.models import Task
from activities.queries.due_marks import due_text
from activities.queries.task_forms import values_of
from activities.views.task_answers import done, form_page, found_task, sent_in, undo_url
from deals.views.answers import tried
from foundation.gate import Request, gate

MOST_BUTTONS = 24


@gate("activities.change")
def task_edit(request: Request, pk: int) -> HttpResponse:
    """Change the fields. Where somebody was first, what was typed stays and can be sent over theirs."""
    task = found_task(request, pk, "activities.change")
    form = TaskForm(sent_in(request), person=request.user, task=task, initial=values_of(task, request.user))
    status = None
    if request.method == "POST" and form.is_valid():
        status = tried(form, lambda: _change(task, form, request))
        if status == HTTPStatus.OK:
            return done(request, task, _("Saved: %(title)s") % {"title": task.title})
        if status == HTTPStatus.CONFLICT:
            form.add_error(None, _("What you typed is kept below. Save again to put it over theirs."))
            latest = request.POST.copy()
            latest["version"] = str(Task.objects.values_list("version", flat=True).get(pk=task.pk))
            form.data = latest
    title = _("Change “%(title)s”") % {"title": task.title}
    template = "activities/task_form.html"
    return form_page(
        request,
        form,
        title=title,
        button=_("Save"),
        status=status,
        template=template,
        task=task,
        draft=task.pk,
    )


@gate("activities.change")
def task_due(request: Request, pk: int) -> HttpResponse:
    """Due on another day or at another moment."""
    task = found_task(request, pk, "activities.change")
    first = values_of(task, request.user) if request.method != "POST" else {}
    form = DueForm(sent_in(request), initial=first)
    status = None
    if request.method == "POST" and form.is_valid():
        said, before = form.cleaned_data, (task.due_on, task.due_at)
        due = due_of(said["due_on"], said["due_time"], request.user.time_zone)
        status = tried(
            form, lambda: task.change(due, by=request.user, at=timezone.now(), version=said["version"])
        )
        if status == HTTPStatus.OK:
            day = due_text(task.due_on, task.due_at, timezone.localdate()) or _("some day")
            text = _("“%(title)s” is now due: %(day)s") % {"title": task.title, "day": day}
            undo = undo_url(
                task, "due", due_on=before[0] or "", due_at=before[1].timestamp() if before[1] else ""
            )
            return done(request, task, text, undo=undo)
    title = _("When is “%(title)s” due?") % {"title": task.title}
    return form_page(request, form, title=title, button=_("Move"), status=status, task=task)


@gate("activities.assign")
def task_reassign(request: Request, pk: int) -> HttpResponse:
    """Give it to somebody else: one click opens this, the second names them."""
    task = found_task(request, pk, "activities.assign")
    form = OwnerForm(sent_in(request), person=request.user, initial={"owner": task.owner_id})
    status = None
    if request.method == "POST" and form.is_valid():
        said, before = form.cleaned_data, task.owner_id
        status = tried(
            form,
            lambda: task.reassign(said["owner"], by=request.user, at=timezone.now(), version=said["version"]),
        )
        if status == HTTPStatus.OK:
            text = _("“%(title)s” is now done by %(name)s") % {"title": task.title, "name": task.owner.name}
            return done(request, task, text, undo=undo_url(task, "owner", owner=before))
    people = list(people_for(request.user).exclude(pk=task.owner_id)[: MOST_BUTTONS + 1])
    return form_page(
        request,
        form,
        title=_("Who does “%(title)s”?") % {"title": task.title},
        button=_("Give"),
        status=status,
        template="activities/task_reassign.html",
        task=task,
        people=people if len(people) <= MOST_BUTTONS else [],
    )


def _change(task: Task, form: TaskForm, request: Request) -> None:
    operations.change_task(
        task,
        form.changes(),
        form.minutes(),
        by=request.user,
        at=timezone.now(),
        version=form.cleaned_data["version"],
        despite=form.bypassed(),
    )
