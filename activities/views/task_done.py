"""Done and what follows; accepted or sent back; not to be done; open again."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import operations
from activities.forms.tasks import QUICK_DAYS, FinishForm, ReasonForm
from activities.models import Task
from activities.queries.due_marks import due_text
from activities.queries.task_finish import asks_of
from activities.views.task_answers import done, form_page, found_task, may_accept, sent_in, undo_url
from deals.views.answers import tried
from foundation.errors import Forbidden, Refused
from foundation.gate import Request, gate
from foundation.once import once


@gate("activities.change")
def task_finish(request: Request, pk: int) -> HttpResponse:
    """What came of it and what happens next, in one step. Sent twice, it is done once."""
    task = found_task(request, pk, "activities.change")
    if task.state == "review" and not may_accept(request.user, task):
        raise Refused(_("It is handed in: %(name)s accepts it.") % {"name": task.controller})
    asks = asks_of(task, request.user, timezone.now())
    form = FinishForm(
        sent_in(request),
        person=request.user,
        suggestion=asks.suggestion,
        must_say=asks.must_say,
        initial=asks.first,
    )
    status = None
    if request.method == "POST" and form.is_valid():
        followers: list[Any] = []
        with once(request) as sent:
            if not sent.already:
                status = tried(form, lambda: followers.append(_finish(task, form, request.user)))
            sent.url = "" if form.errors else task.get_absolute_url()
        if not form.errors:
            undo = undo_url(task, "finish") if followers else ""
            return done(request, task, _said(task, followers[0] if followers else None), undo=undo)
    said: dict[str, Any] = {
        "title": asks.title,
        "button": asks.button,
        "status": status,
        "template": "activities/task_finish.html",
    }
    return form_page(request, form, task=task, asks=asks, quick_days=QUICK_DAYS, **said)


@gate("activities.change")
def task_send_back(request: Request, pk: int) -> HttpResponse:
    """Not accepted, and why."""
    task = found_task(request, pk, "activities.change")
    if not may_accept(request.user, task):
        raise Forbidden("activities.assign")
    form = ReasonForm(sent_in(request), task=task)
    form.fields.pop("with_series", None)
    status = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        status = tried(form, lambda: task.send_back(said["reason"], by=request.user, at=timezone.now()))
        if status == HTTPStatus.OK:
            return done(request, task, _("Sent back: %(title)s") % {"title": task.title})
    title = _("What is missing in “%(title)s”?") % {"title": task.title}
    return form_page(request, form, title=title, button=_("Send back"), status=status, task=task)


@gate("activities.change")
def task_cancel(request: Request, pk: int) -> HttpResponse:
    """It will not be done; of a series, this time or the rest of it."""
    task = found_task(request, pk, "activities.change")
    form = ReasonForm(sent_in(request), task=task, initial={"version": task.version})
    status = None
    if request.method == "POST" and form.is_valid():
        status = tried(form, lambda: _cancel(task, form, request.user))
        if status == HTTPStatus.OK:
            text = _("Cancelled: %(title)s") % {"title": task.title}
            return done(request, task, text, undo=undo_url(task, "finish"))
    title = _("Cancel “%(title)s”") % {"title": task.title}
    return form_page(request, form, title=title, button=_("Cancel the task"), status=status, task=task)


@require_POST
@gate("activities.change")
def task_reopen(request: Request, pk: int) -> HttpResponse:
    task = found_task(request, pk, "activities.change")
    task.reopen(by=request.user, at=timezone.now())
    return done(request, task, _("Open again: %(title)s") % {"title": task.title})


def _finish(task: Task, form: FinishForm, person: Any) -> Any:
    said = form.cleaned_data
    return operations.finish_task(
        task,
        outcome=said["outcome"],
        next_step=form.next_step(),
        no_next_step=form.no_next_step(),
        skip_missed=not said["catch_up"],
        by=person,
        at=timezone.now(),
        version=said["version"],
    )


def _cancel(task: Task, form: ReasonForm, person: Any) -> None:
    said = form.cleaned_data
    operations.cancel_task(
        task,
        said["reason"],
        with_series=bool(said.get("with_series")),
        by=person,
        at=timezone.now(),
        version=said["version"],
    )


def _said(task: Task, follower: Any) -> str:
    if task.is_open:
        return _("Handed in: %(name)s accepts it") % {"name": task.controller}
    if follower is None:
        return _("Done: %(title)s") % {"title": task.title}
    day = due_text(follower.due_on, follower.due_at, timezone.localdate())
    return _("Done: %(title)s. Next, %(day)s: %(next)s") % {
        "title": task.title,
        "day": day,
        "next": follower.title,
    }
