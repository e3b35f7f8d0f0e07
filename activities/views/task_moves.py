"""Small steps of a task: put off, taken up, waiting, asked about, watched, ticked, and the undo behind toasts."""

from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from activities import operations
from activities.forms.tasks import WatcherForm, people_for
from activities.queries.due_marks import moment_text
from activities.queries.task_page import checklist_of
from activities.snoozing import CHOICES, until_moment
from activities.views.task_answers import done, form_page, found_task, sent_in, undo_url
from deals.views.answers import way_back
from foundation.errors import Refused
from foundation.gate import Request, gate
from users.calendars import calendar_of
from users.models import User


@gate("activities.change")
def task_snooze(request: Request, pk: int) -> HttpResponse:
    """Put off for an hour, until tomorrow, until the next working day, or until a moment of one's own."""
    task = found_task(request, pk, "activities.change")
    if request.method != "POST":
        context = {"task": task, "choices": CHOICES, "next": way_back(request, "")}
        return render(request, "activities/task_snooze.html", context)
    person, at = request.user, timezone.now()
    until = until_moment(
        request.POST.get("until", ""), at=at, zone=person.time_zone, calendar=calendar_of(person)
    )
    task.snooze(until, by=person, at=at)
    text = _("“%(title)s” is put off until %(moment)s") % {"title": task.title, "moment": moment_text(until)}
    return done(request, task, text, undo=undo_url(task, "snooze"))


@require_POST
@gate("activities.change")
def task_state(request: Request, pk: int) -> HttpResponse:
    """Taken up, or waiting for somebody else."""
    task = found_task(request, pk, "activities.change")
    match request.POST.get("state"):
        case "started":
            task.take_up(by=request.user, at=timezone.now())
        case "waiting":
            task.let_wait(by=request.user, at=timezone.now())
        case _:
            raise Refused(_("A task is taken up, or waits."))
    return done(request, task, f"{task.title}: {task.get_state_display()}")


@require_POST
@gate("activities.view")
def task_nudge(request: Request, pk: int) -> HttpResponse:
    """Ask how it goes."""
    task = found_task(request, pk)
    task.nudge(request.POST.get("note", ""), by=request.user, at=timezone.now())
    return done(request, task, _("%(name)s is asked how it goes") % {"name": task.owner.name})


@require_POST
@gate("activities.view")
def task_watch(request: Request, pk: int) -> HttpResponse:
    """Hear of it, or no longer; somebody else is taken off only by who may change it."""
    task = found_task(request, pk)
    person, key = request.user, _key(request.POST.get("person"))
    if key not in (None, person.pk):
        task = found_task(request, pk, "activities.change")
        person = get_object_or_404(User.objects.active(), pk=key)
    if request.POST.get("stop"):
        task.unwatch(person)
        return done(request, task, _("%(name)s no longer watches this task") % {"name": person.name})
    task.watch(person)
    return done(request, task, _("%(name)s watches this task") % {"name": person.name})


@gate("activities.change")
def task_watcher(request: Request, pk: int) -> HttpResponse:
    """Choose who else hears of it."""
    task = found_task(request, pk, "activities.change")
    form = WatcherForm(sent_in(request), task=task)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        task.watch(person)
        return done(request, task, _("%(name)s watches this task") % {"name": person.name})
    return form_page(request, form, title=_("Add a watcher"), button=_("Add"), task=task)


@require_POST
@gate("activities.change")
def task_checklist(request: Request, pk: int) -> HttpResponse:
    """Add a line (add=text), tick one (tick=key, done=1 or nothing), or remove one (remove=key)."""
    task = found_task(request, pk, "activities.change")
    said = request.POST
    if tick := _key(said.get("tick")):
        task.tick(tick, is_done=bool(said.get("done")))
    elif remove := _key(said.get("remove")):
        task.remove_line(remove)
    else:
        task.add_line(said.get("add", ""))
    if request.htmx:
        context = {"task": task, "checklist": checklist_of(task), "may": {"change": True}}
        return render(request, "activities/task_checklist.html", context)
    return redirect(task.get_absolute_url() + "#checklist")


@require_POST
@gate("activities.change")
def task_undo(request: Request, pk: int) -> HttpResponse:
    """Behind a toast: takes the last step back, while nobody has changed the task since."""
    task = found_task(request, pk, "activities.change")
    version = _key(request.GET.get("version"))
    if version is None:
        raise Refused(_("There is nothing to take back."))
    told: dict[str, Any] = {"by": request.user, "at": timezone.now(), "version": version}
    match request.GET.get("what"):
        case "finish":
            operations.take_back_finish(task, **told)
        case "snooze":
            task.wake(**told)
        case "plan":
            operations.cancel_task(task, _("taken back"), with_series=True, **told)
            return done(request, task, _("Taken back: %(title)s") % {"title": task.title})
        case "owner":
            owner = get_object_or_404(people_for(request.user), pk=_key(request.GET.get("owner")) or 0)
            task.reassign(owner, **told)
        case "due":
            task.change(_due_before(request.GET), **told)
        case _:
            raise Refused(_("There is nothing to take back."))
    return done(request, task, _("As it was before: %(title)s") % {"title": task.title})


def _due_before(said: Any) -> dict[str, Any]:
    try:
        if said.get("due_at"):
            return {"due_on": None, "due_at": datetime.fromtimestamp(float(said["due_at"]), UTC)}
        return {"due_on": date.fromisoformat(said["due_on"]) if said.get("due_on") else None, "due_at": None}
    except (ValueError, OverflowError, OSError) as trouble:
        raise Refused(_("There is nothing to take back.")) from trouble


def _key(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 19 else None
